import type { Conversation } from "../../bridge/types";
import { isUnread } from "./chatActions";

export type Filter = "all" | "unread" | "archived";

/** The conversations that stand in the list when nothing else is asked for. */
export const inList = (list: readonly Conversation[]) =>
  list.filter((c) => !c.hidden && !c.archived);

/**
 * The conversations to show. The open one stays while it is unread no more: it
 * must not vanish under the reader's eyes.
 */
export function filterConversations(
  list: readonly Conversation[],
  filter: Filter,
  openId: string | null,
): readonly Conversation[] {
  if (filter === "archived") return list.filter((c) => c.archived && !c.hidden);
  if (filter === "all") return inList(list);
  return inList(list).filter((c) => isUnread(c) || c.id === openId);
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

/** The next unread conversation after the open one, around the end; muted ones can wait. */
export function nextUnread(
  list: readonly Conversation[],
  openId: string | null,
): Conversation | undefined {
  const at = list.findIndex((c) => c.id === openId);
  return [...list.slice(at + 1), ...list.slice(0, at + 1)].find(
    (c) => isUnread(c) && !c.muted && c.id !== openId,
  );
}
