// Dates and times as people here write them: 24-hour clock, tabular order, and
// words where a word is shorter than a date.
import type { Locale } from "./locale";

const day = 86_400_000;

/** Formatters of one locale. Times are Unix milliseconds. */
export class Formats {
  #time: Intl.DateTimeFormat;
  #weekday: Intl.DateTimeFormat;
  #monthDay: Intl.DateTimeFormat;
  #date: Intl.DateTimeFormat;
  #long: Intl.DateTimeFormat;
  #full: Intl.DateTimeFormat;
  #relative: Intl.RelativeTimeFormat;
  #number: Intl.NumberFormat;

  constructor(
    private readonly locale: Locale,
    readonly now: () => number = Date.now,
  ) {
    // English here is British: day before month, as in the copy.
    const tag = locale === "en" ? "en-GB" : locale;
    const make = (o: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tag, o);
    this.#time = make({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    this.#weekday = make({ weekday: "short" });
    this.#monthDay = make({ month: locale === "en" ? "short" : "long", day: "numeric" });
    this.#date = make({ year: "numeric", month: "2-digit", day: "2-digit" });
    this.#long = make({ year: "numeric", month: "long", day: "numeric", weekday: "long" });
    this.#full = make({ year: "numeric", month: "long", day: "numeric" });
    this.#relative = new Intl.RelativeTimeFormat(tag, { numeric: "auto" });
    this.#number = new Intl.NumberFormat(tag);
  }

  /** 09:05. */
  time(ms: number) {
    return this.#time.format(ms);
  }

  /** The list's short form: 09:05, 昨天, 周日, 10月3日, 2025/10/03. */
  listTime(ms: number) {
    const days = this.#daysAgo(ms);
    if (days <= 0) return this.time(ms);
    if (days === 1) return this.#capital(this.#relative.format(-1, "day"));
    if (days < 7) return this.#weekday.format(ms);
    return this.#sameYear(ms) ? this.#monthDay.format(ms) : this.#date.format(ms);
  }

  /** The heading above a day's messages: 今天, 昨天, 明天, 10月3日 周五, 2025年10月3日 星期五. */
  day(ms: number) {
    const days = this.#daysAgo(ms);
    if (Math.abs(days) <= 1) return this.#capital(this.#relative.format(-days, "day"));
    if (!this.#sameYear(ms)) return this.#long.format(ms);
    const date = this.#monthDay.format(ms);
    const weekday = this.#weekday.format(ms);
    return this.locale === "en" ? `${weekday} ${date}` : `${date} ${weekday}`;
  }

  /** Day and time, for a tooltip or a device's last activity. */
  dateTime(ms: number) {
    return this.#daysAgo(ms) === 0 ? this.time(ms) : `${this.day(ms)} ${this.time(ms)}`;
  }

  /** A whole date: 3 October 2025, 2025年10月3日. */
  fullDate(ms: number) {
    return this.#full.format(ms);
  }

  /** A whole date with its weekday. */
  longDate(ms: number) {
    return this.#long.format(ms);
  }

  /** "5 minutes ago", "3 days ago", for a time that has passed. */
  ago(ms: number) {
    const seconds = Math.max(0, Math.round((this.now() - ms) / 1_000));
    if (seconds < 60) return this.#relative.format(0, "minute");
    if (seconds < 3_600) return this.#relative.format(-Math.floor(seconds / 60), "minute");
    if (seconds < 86_400) return this.#relative.format(-Math.floor(seconds / 3_600), "hour");
    return this.#relative.format(-Math.max(1, this.#daysAgo(ms)), "day");
  }

  /** A size: 0 KB, 640 KB, 3.8 GB. */
  bytes(n: number) {
    const units = ["KB", "MB", "GB", "TB"];
    let size = n / 1024;
    let unit = 0;
    for (; size >= 1000 && unit < units.length - 1; unit++) size /= 1024;
    // A small thing is not nothing, and a large one needs no decimals.
    const shown =
      n > 0 && size < 1 ? 1 : size < 10 && unit > 0 ? Math.round(size * 10) / 10 : Math.round(size);
    return `${this.number(shown)} ${units[unit] ?? ""}`;
  }

  number(n: number) {
    return this.#number.format(n);
  }

  /** Whole calendar days between then and now, by this machine's clock. */
  #daysAgo(ms: number) {
    return Math.round((midnight(this.now()) - midnight(ms)) / day);
  }

  #sameYear(ms: number) {
    return new Date(ms).getFullYear() === new Date(this.now()).getFullYear();
  }

  #capital(s: string) {
    return s.charAt(0).toLocaleUpperCase(this.locale) + s.slice(1);
  }
}

function midnight(ms: number) {
  const d = new Date(ms);
  return new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
}
