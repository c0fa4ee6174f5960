import type { Contact } from "../../bridge/types";
import { nameOf } from "../../state/contacts";

/** The contacts under one letter, in reading order. */
export type Group = { letter: string; contacts: Contact[] };

/** Where names that begin with no letter stand. */
export const otherLetter = "#";

const collator = new Intl.Collator("zh-Hans-u-co-pinyin");

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
  let at = -1;
  while (at + 1 < firsts.length && collator.compare(firsts.charAt(at + 1), first) <= 0) at++;
  return letters.charAt(at) || otherLetter;
}

/** The letters of every character of a name: what people type to find it. */
export const initialsOf = (name: string): string =>
  Array.from(name, letterOf).join("").toLowerCase();

/** Friends whose remark, nickname or username matches, under their letters. */
export function directory(contacts: readonly Contact[], query: string): Group[] {
  const groups = new Map<string, Contact[]>();
  for (const contact of contacts) {
    if (!contact.friend || !matches(contact, query)) continue;
    const letter = letterOf(nameOf(contact));
    const group = groups.get(letter);
    if (group) group.push(contact);
    else groups.set(letter, [contact]);
  }
  return [...groups]
    .sort(([a], [b]) => (a === otherLetter ? 1 : b === otherLetter ? -1 : a < b ? -1 : 1))
    .map(([letter, list]) => ({
      letter,
      contacts: list.sort((a, b) => collator.compare(nameOf(a), nameOf(b))),
    }));
}

/** Whether a contact is what the user looks for. An empty query finds everybody. */
export function matches(contact: Contact, query: string): boolean {
  const q = query.trim().toLowerCase();
  if (q === "") return true;
  const { nickname, username } = contact.profile;
  const names = [contact.remark, nickname, username];
  return (
    names.some((n) => n.toLowerCase().includes(q)) ||
    [contact.remark, nickname].some((n) => initialsOf(n).includes(q))
  );
}
