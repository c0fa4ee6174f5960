/** Longer texts show only their beginning until the reader asks for the rest. */
const maxChars = 600;
const maxLines = 16;
const keptChars = 320;
const keptLines = 10;

/** The beginning of a long text, or null for one that shows whole. */
export function excerpt(text: string): string | null {
  const lines = text.split("\n");
  if (text.length <= maxChars && lines.length <= maxLines) return null;
  const start = lines.slice(0, keptLines).join("\n");
  return start.length <= keptChars ? start : cutAt(start, keptChars);
}

/** The first characters of a text, never half of one that is written with several code points. */
export function cutAt(text: string, length: number): string {
  let end = 0;
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(
    text.slice(0, length + 32),
  )) {
    if (end + segment.length > length) break;
    end += segment.length;
  }
  return text.slice(0, end);
}
