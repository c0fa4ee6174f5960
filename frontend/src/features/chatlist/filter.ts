import type { Conversation } from "../../bridge/types";

export type Filter = "all" | "unread";

/**
 * The conversations to show. The open one stays while the filter would hide it:
 * it must not vanish under the reader's eyes.
 */
export function filterConversations(
  list: readonly Conversation[],
  filter: Filter,
  openId: string | null,
): readonly Conversation[] {
  if (filter === "all") return list;
  return list.filter((c) => c.unread > 0 || c.id === openId);
}

/** The conversation some steps from the open one; from the ends it stays. */
export function stepFrom(
  list: readonly Conversation[],
  openId: string | null,
  step: 1 | -1,
): Conversation | undefined {
  const at = list.findIndex((c) => c.id === openId);
  if (at < 0) return step > 0 ? list[0] : list.at(-1);
  return list[Math.min(list.length - 1, Math.max(0, at + step))];
}

/** The next conversation with unread messages after the open one, around the end. */
export function nextUnread(
  list: readonly Conversation[],
  openId: string | null,
): Conversation | undefined {
  const at = list.findIndex((c) => c.id === openId);
  return [...list.slice(at + 1), ...list.slice(0, at + 1)].find(
    (c) => c.unread > 0 && c.id !== openId,
  );
}
