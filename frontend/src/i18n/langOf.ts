/**
 * The lang of somebody's text, which chooses between Han and Latin punctuation:
 * "zh" for Han characters, "" (a language that is not known) for Latin letters,
 * undefined to take the page's own.
 */
export function langOf(text: string): "zh" | "" | undefined {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(text)) return undefined;
  if (/\p{Script=Han}/u.test(text)) return "zh";
  return /\p{Script=Latin}/u.test(text) ? "" : undefined;
}
