/** Longest text of a message, as protocol.MaxTextRunes and MaxTextBytes say. */
export const maxRunes = 10_000;
export const maxBytes = 40_000;
/** From here on the composer counts aloud. */
const nearRunes = 9_500;
const nearBytes = 38_000;

export type Length =
  | { state: "fine" }
  /** What is left before the limit; negative over it. */
  | { state: "near" | "over"; left: number; unit: "runes" | "bytes" };

/** How a text stands to the limits of a message. */
export function lengthOf(text: string): Length {
  // A code point is at most two units, and a unit at most three bytes.
  if (text.length < nearRunes) return { state: "fine" };
  const runes = Array.from(text).length;
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > maxBytes && runes <= maxRunes) {
    return { state: "over", left: maxBytes - bytes, unit: "bytes" };
  }
  if (runes > maxRunes) return { state: "over", left: maxRunes - runes, unit: "runes" };
  if (runes >= nearRunes) return { state: "near", left: maxRunes - runes, unit: "runes" };
  if (bytes >= nearBytes) return { state: "near", left: maxBytes - bytes, unit: "bytes" };
  return { state: "fine" };
}

/** Whether nothing of a text can be seen, as protocol.Blank says. */
export const isBlank = (text: string) =>
  !/[^\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u.test(text);
