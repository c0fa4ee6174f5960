import type { Conversation, Folder } from "../../bridge/types";
import type { Filter } from "../../state/navigation";
import { isUnread } from "./chatActions";

/** The conversations that stand in the list when nothing else is asked for. */
export const inList = (list: readonly Conversation[]) =>
  list.filter((c) => !c.hidden && !c.archived);

export const folderFilter = (id: string): Filter => `folder:${id}`;

/** Whether a filter shows a conversation. */
export function matches(c: Conversation, filter: Filter): boolean {
  if (c.hidden || c.archived !== (filter === "archived")) return false;
  switch (filter) {
    case "all":
    case "archived":
      return true;
    case "unread":
      return isUnread(c);
    case "mentions":
      return c.mention_seq > 0;
    case "groups":
      return isGroup(c);
    default:
      return c.folders.includes(filter.slice("folder:".length));
  }
}

/** A conversation that has more than two members. */
const isGroup = (c: Conversation) => c.kind !== "direct";

/**
 * The conversations to show. One of them stays although it is no longer among
 * them: while it is open it must not vanish under the reader's eyes.
 */
export const filterConversations = (
  list: readonly Conversation[],
  filter: Filter,
  stays: string | null,
): readonly Conversation[] => list.filter((c) => matches(c, filter) || c.id === stays);

/** The filters that there is something for, in their order. */
export function filtersFor(
  list: readonly Conversation[],
  folders: readonly Folder[],
): readonly Filter[] {
  return [
    "all",
    "unread",
    "mentions",
    ...(list.some(isGroup) ? (["groups"] as const) : []),
    ...folders.map((f) => folderFilter(f.id)),
    ...(list.some((c) => matches(c, "archived")) ? (["archived"] as const) : []),
  ];
}

/**
 * How many unread conversations each filter has; what is muted counts only where
 * one looks for all that is unread. One pass, whatever the number of filters.
 */
export function unreadOf(list: readonly Conversation[]): ReadonlyMap<Filter, number> {
  const counts = new Map<Filter, number>();
  const count = (f: Filter) => counts.set(f, (counts.get(f) ?? 0) + 1);
  for (const c of list) {
    if (c.hidden) continue;
    if (!c.archived && c.mention_seq > 0) count("mentions");
    if (!isUnread(c)) continue;
    if (c.archived) {
      count("archived");
      continue;
    }
    count("unread");
    if (c.muted) continue;
    if (isGroup(c)) count("groups");
    for (const id of c.folders) count(folderFilter(id));
  }
  return counts;
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
