/** As many as fit one row of the picker, and as the settings keep. */
const most = 9;

/** The recent emoji, newest first, once one more was used. */
export const withRecent = (recent: readonly string[], emoji: string): string[] =>
  [emoji, ...recent.filter((e) => e !== emoji)].slice(0, most);
