const key = "recent-emoji";
/** As many as fit one row of the picker. */
const most = 9;

/** The emoji used last on this machine, newest first. */
export function recentEmoji(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(kept) ? kept.filter((e) => typeof e === "string").slice(0, most) : [];
  } catch {
    return []; // Storage may be denied or hold something else.
  }
}

/** Puts an emoji first among the recent ones. */
export function rememberEmoji(emoji: string) {
  const next = [emoji, ...recentEmoji().filter((e) => e !== emoji)].slice(0, most);
  try {
    localStorage.setItem(key, JSON.stringify(next));
  } catch {
    // Not remembered then.
  }
}
