// Han names in pinyin, from the order that the engine sorts them in: no table of
// characters is shipped.

/** The order of names in a list: Han by pinyin, the rest by letters. */
export const byPinyin = new Intl.Collator("zh-Hans-u-co-pinyin");

/** Where names that begin with no letter stand. */
export const otherLetter = "#";

// The first character of each pinyin initial in the collation above: a
// character's letter is that of the last one which does not come after it.
const letters = "ABCDEFGHJKLMNOPQRSTWXYZ";
const firsts = "阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀";

/** The Latin letter a name is found under: by pinyin for Han, without accents for Latin. */
export function letterOf(name: string): string {
  const first = Array.from(name.trim())[0] ?? "";
  const latin = first.normalize("NFD").charAt(0).toUpperCase();
  if (/[A-Z]/.test(latin)) return latin;
  if (!/\p{Script=Han}/u.test(first)) return otherLetter;
  let [low, high] = [0, firsts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byPinyin.compare(firsts.charAt(middle), first) <= 0) low = middle + 1;
    else high = middle;
  }
  return letters.charAt(low - 1) || otherLetter;
}

/** The letters of a name's characters: what people type to find it. */
export const initialsOf = (name: string): string =>
  Array.from(name, letterOf)
    .filter((l) => l !== otherLetter)
    .join("")
    .toLowerCase();

/**
 * Whether what the user typed names somebody: a part of one of the names, or of
 * its initials. An empty query names everybody.
 */
export function findsName(query: string, names: readonly string[]): boolean {
  const q = query.trim().toLowerCase();
  return names.some((n) => n.toLowerCase().includes(q) || initialsOf(n).includes(q));
}
