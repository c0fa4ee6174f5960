import type { Contact } from "../../bridge/types";
import { byPinyin, findsName, letterOf, otherLetter } from "../../i18n/pinyin";
import { nameOf } from "../../state/contacts";

/** The contacts under one letter, in reading order. */
export type Group = { letter: string; contacts: Contact[] };

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
      contacts: list.sort((a, b) => byPinyin.compare(nameOf(a), nameOf(b))),
    }));
}

/** Whether a contact is what the user looks for. An empty query finds everybody. */
export const matches = ({ remark, profile }: Contact, query: string): boolean =>
  findsName(query, [remark, profile.nickname, profile.username]);
