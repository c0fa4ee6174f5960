import type { ConversationHit, Hit, PersonHit } from "../../bridge/types";
import type { SearchSnapshot } from "../../state/search";

/** Which results are shown. */
export type Tab = "all" | "messages" | "people" | "chats" | "links";

export type Row =
  | { kind: "heading"; of: "people" | "messages" | "server" }
  | { kind: "person"; hit: PersonHit }
  | { kind: "conversation"; hit: ConversationHit }
  /** One that is not on this device, if the server found it. */
  | { kind: "message"; hit: Hit; onServer: boolean }
  /** Shows all of one kind. */
  | { kind: "more"; tab: "people" | "messages" };

/** How many of each kind stand among all kinds. */
const few = { people: 3, chats: 3, messages: 20, server: 20 };

/** What is listed, from top to bottom. */
export function rowsOf(found: SearchSnapshot, tab: Tab): readonly Row[] {
  const people = found.people.map((hit): Row => ({ kind: "person", hit }));
  const chats = found.conversations.map((hit): Row => ({ kind: "conversation", hit }));
  const messages = found.hits.map((hit): Row => ({ kind: "message", hit, onServer: false }));
  const server = serverRows(found);
  switch (tab) {
    case "people":
      return people;
    case "chats":
      return chats;
    case "messages":
    case "links":
      return [...messages, ...server];
    case "all": {
      const rows: Row[] = [];
      if (people.length + chats.length > 0) rows.push({ kind: "heading", of: "people" });
      rows.push(...people.slice(0, few.people));
      if (people.length > few.people) rows.push({ kind: "more", tab: "people" });
      rows.push(...chats.slice(0, few.chats));
      if (messages.length > 0) rows.push({ kind: "heading", of: "messages" });
      rows.push(...messages.slice(0, few.messages));
      rows.push(...server.slice(0, few.server + 1));
      if (messages.length > few.messages || server.length > few.server + 1)
        rows.push({ kind: "more", tab: "messages" });
      return rows;
    }
    default:
      return tab satisfies never;
  }
}

/** What the server found, below its heading. */
function serverRows(found: SearchSnapshot): readonly Row[] {
  const hits = serverHits(found);
  if (hits.length === 0) return [];
  return [
    { kind: "heading", of: "server" },
    ...hits.map((hit): Row => ({ kind: "message", hit, onServer: true })),
  ];
}

/** What the server found and this device has not found meanwhile. */
export function serverHits({ hits, server }: SearchSnapshot): readonly Hit[] {
  const here = new Set(hits.map((hit) => hit.message.id));
  return server.hits.filter((hit) => !here.has(hit.message.id));
}

/** The rows that can be chosen, by their place. */
export const optionsOf = (rows: readonly Row[]): readonly number[] =>
  rows.flatMap((row, i) => (row.kind === "heading" ? [] : [i]));
