/** How many monogram colours tokens.css has. */
const colours = 8;

/** The colour for an id: the same on every machine, and after a change of name. */
export function monogramColour(id: string): number {
  let hash = 0;
  for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) >>> 0;
  return hash % colours;
}

/** The first character of a name as a reader counts characters, in upper case. */
export function monogram(name: string): string {
  const first =
    "Segmenter" in Intl
      ? [...new Intl.Segmenter().segment(name.trim())][0]?.segment
      : Array.from(name.trim())[0];
  return (first ?? "").toLocaleUpperCase();
}
