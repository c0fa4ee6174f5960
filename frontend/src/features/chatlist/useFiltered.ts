import { useMemo, useState } from "react";
import type { Conversation } from "../../bridge/types";
import { useApp } from "../../state/app";
import type { Filter } from "../../state/navigation";
import { useSelect, useStore } from "../../state/store";
import { filterConversations, filtersFor, matches, unreadOf } from "./filter";

const none: readonly never[] = [];

/** What the list shows, under which filter, and the filters that there are. */
export function useFiltered() {
  const app = useApp();
  const list = useSelect(app.conversations, (s) => s.list);
  const folders = useSelect(app.folders, (s) => s.list) ?? none;
  const { conversationId, filter: chosen } = useStore(app.navigation);
  const filters = useMemo(() => filtersFor(list ?? none, folders), [list, folders]);
  // The last one that leaves the archive takes its filter with it, and so on.
  const filter = filters.includes(chosen) ? chosen : "all";
  const stays = useStaying(list, filter, conversationId);
  const shown = useMemo(
    () => list && filterConversations(list, filter, stays),
    [list, filter, stays],
  );
  const unread = useMemo(() => unreadOf(list ?? none), [list]);
  return { filter, filters, folders, shown, unread };
}

/** The open conversation, if it once was among those shown while it was open. */
function useStaying(
  list: readonly Conversation[] | undefined,
  filter: Filter,
  openId: string | null,
): string | null {
  const [stays, setStays] = useState<{ filter: Filter; id: string } | null>(null);
  const open = list?.find((c) => c.id === openId);
  if (stays && (stays.filter !== filter || stays.id !== openId)) {
    setStays(null);
  } else if (!stays && open && matches(open, filter)) {
    setStays({ filter, id: open.id });
  }
  return stays?.filter === filter && stays.id === openId ? openId : null;
}
