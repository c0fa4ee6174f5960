const minute = 60_000;
const hour = 60 * minute;

/** A time that is offered; the key names it. */
export type Choice = { key: "hour" | "tonight" | "tomorrow"; atMs: number };

/** The hours of the evening and of the morning that are offered. */
const eveningHour = 20;
const morningHour = 9;

/** Times to send a message that need no choosing: those of them that lie ahead. */
export function choices(nowMs: number): readonly Choice[] {
  const at = (days: number, hours: number) => {
    const now = new Date(nowMs);
    return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hours).getTime();
  };
  const all: Choice[] = [
    { key: "hour", atMs: Math.ceil((nowMs + hour) / minute) * minute },
    { key: "tonight", atMs: at(0, eveningHour) },
    { key: "tomorrow", atMs: at(1, morningHour) },
  ];
  return all.filter((c) => c.atMs > nowMs);
}

/** A time of day as it is written: hours and minutes, with 0 in front. */
export function timeOf(ms: number): string {
  const d = new Date(ms);
  return `${String(d.getHours()).padStart(2, "0")}:${String(d.getMinutes()).padStart(2, "0")}`;
}

/** A time of a day, from what somebody wrote; null for what is none. */
export function atTime(day: Date, text: string): number | null {
  const [, h, m] = /^\s*(\d{1,2})[:：.](\d{2})\s*$/.exec(text) ?? [];
  const hours = Number(h);
  const minutes = Number(m);
  if (h === undefined || hours > 23 || minutes > 59) return null;
  return new Date(day.getFullYear(), day.getMonth(), day.getDate(), hours, minutes).getTime();
}
