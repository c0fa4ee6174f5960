type Key = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

const marks: Readonly<Record<string, string | undefined>> = { b: "**", i: "_", e: "`" };

/** The mark that a key puts around selected words, as the text shows it. */
export function markOf(e: Key): string | null {
  if (!(e.ctrlKey || e.metaKey) || e.altKey) return null;
  const key = e.key.toLowerCase();
  if (e.shiftKey) return key === "x" ? "~~" : null;
  return marks[key] ?? null;
}

/**
 * What replaces selected words so that they stand between marks, or without the
 * marks that they have. Code of several lines becomes a block.
 */
export function marked(words: string, mark: string): string {
  const [start, end] = mark === "`" && words.includes("\n") ? ["```\n", "\n```"] : [mark, mark];
  const inner = words.slice(start.length, words.length - end.length);
  if (inner !== "" && words.startsWith(start) && words.endsWith(end)) return inner;
  return start + words + end;
}
