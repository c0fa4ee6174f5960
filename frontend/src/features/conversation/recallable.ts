import type { Conversation, Message } from "../../bridge/types";

/** Whether recalling a message is offered at all, be it too late or not. */
export function recallable(m: Message, conversation: Pick<Conversation, "friend">): boolean {
  if (!m.mine || m.status === "failed") return false;
  return m.seq === 0 || (conversation.friend && m.recall_until_ms > 0);
}

/** Whether there still is time: what the server does not have can always be taken back. */
export const mayRecall = (m: Message, nowMs: number): boolean =>
  m.seq === 0 || nowMs < m.recall_until_ms;
