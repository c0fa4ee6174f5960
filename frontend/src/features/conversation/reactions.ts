import type { Conversation, Message } from "../../bridge/types";
import type { T } from "../../i18n";
import { kindOf } from "./kinds";

/** Offered before the user has used others. */
const usual = ["👍", "❤️", "😂", "🎉", "😮", "😢"];

/** The emoji that are one press away: those used last, newest first. */
export const quickReactions = (recent: readonly string[]): string[] =>
  [...new Set([...recent, ...usual])].slice(0, usual.length);

/** Whether the user may put an emoji to a message. */
export const reactable = (m: Message, conversation: Pick<Conversation, "friend">): boolean =>
  m.seq > 0 && conversation.friend && kindOf(m.kind).shape === "bubble";

/** The emoji that a user put to a message. */
export const ownReactions = (m: Message, me: string): string[] =>
  m.reactions.filter((r) => r.users.includes(me)).map((r) => r.emoji);

/** Who put an emoji, in words. */
export const namesOf = (t: T, users: readonly string[], me: string, peerName: string): string =>
  users.map((id) => (id === me ? t("message.you") : peerName)).join(t("reaction.join"));

/** All that was put to a message, for a screen reader; empty for nothing. */
export function spokenReactions(t: T, m: Message, me: string, peerName: string): string {
  if (m.reactions.length === 0) return "";
  const list = m.reactions.map((r) => `${r.emoji} ${namesOf(t, r.users, me, peerName)}`).join("; ");
  return t("reaction.spoken", { list });
}
