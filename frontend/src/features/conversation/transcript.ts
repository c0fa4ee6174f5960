import type { Message } from "../../bridge/types";
import type { T } from "../../i18n";
import { copied } from "./kinds";

/** What is needed to write messages down. */
type Words = {
  t: T;
  /** A day and a time. */
  time: (ms: number) => string;
  /** What the user is called, and the other side. */
  mine: string;
  theirs: string;
};

/** Messages as a text for the clipboard: one alone is its words, several say who and when. */
export function transcript(messages: readonly Message[], words: Words): string {
  const { t, time, mine, theirs } = words;
  const said = (m: Message) => copied(t, m, theirs);
  const [only, second] = messages;
  if (only && !second) return said(only);
  return messages
    .map((m) => `${m.mine ? mine : theirs}  ${time(m.created_ms)}\n${said(m)}`)
    .join("\n\n");
}
