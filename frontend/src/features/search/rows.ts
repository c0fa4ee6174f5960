import type { ConversationHit, Hit, PersonHit } from "../../bridge/types";
import type { SearchSnapshot } from "../../state/search";

/** Which results are shown. */
export type Tab = "all" | "messages" | "people" | "chats" | "links";

export type Row =
  | { kind: "heading"; of: "people" | "messages" }
  | { kind: "person"; hit: PersonHit }
  | { kind: "conversation"; hit: ConversationHit }
  | { kind: "message"; hit: Hit }
  /** Shows all of one kind. */
  | { kind: "more"; tab: "people" | "messages" };

/** How many of each kind stand among all kinds. */
const few = { people: 3, chats: 3, messages: 20 };

/** What is listed, from top to bottom. */
export function rowsOf(found: SearchSnapshot, tab: Tab): readonly Row[] {
  const people = found.people.map((hit): Row => ({ kind: "person", hit }));
  const chats = found.conversations.map((hit): Row => ({ kind: "conversation", hit }));
  const messages = found.hits.map((hit): Row => ({ kind: "message", hit }));
  switch (tab) {
    case "people":
      return people;
    case "chats":
      return chats;
    case "messages":
    case "links":
      return messages;
    case "all": {
      const rows: Row[] = [];
      if (people.length + chats.length > 0) rows.push({ kind: "heading", of: "people" });
      rows.push(...people.slice(0, few.people));
      if (people.length > few.people) rows.push({ kind: "more", tab: "people" });
      rows.push(...chats.slice(0, few.chats));
      if (messages.length > 0) rows.push({ kind: "heading", of: "messages" });
      rows.push(...messages.slice(0, few.messages));
      if (messages.length > few.messages) rows.push({ kind: "more", tab: "messages" });
      return rows;
    }
    default:
      return tab satisfies never;
  }
}

/** The rows that can be chosen, by their place. */
export const optionsOf = (rows: readonly Row[]): readonly number[] =>
  rows.flatMap((row, i) => (row.kind === "heading" ? [] : [i]));
