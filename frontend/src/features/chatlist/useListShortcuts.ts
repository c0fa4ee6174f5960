import { useEffect, useRef } from "react";
import type { Conversation } from "../../bridge/types";
import { useApp } from "../../state/app";
import { chordOf } from "../../state/chords";
import type { Filter } from "../../state/navigation";
import { isComposing } from "../../ui/composing";
import { inDialog } from "../../ui/inDialog";
import { inList, nextUnread, stepFrom } from "./filter";

/**
 * Keys that choose a conversation of those shown, or what is shown, wherever the
 * focus is: the user's own, and Ctrl (on a Mac, Command) with 1 to 9.
 */
export function useListShortcuts(
  filters: readonly Filter[],
  filter: Filter,
  shown: readonly Conversation[] | undefined,
) {
  const { conversations, navigation, shortcuts } = useApp();
  const latest = useRef({ filters, filter, shown });
  useEffect(() => {
    latest.current = { filters, filter, shown };
  });
  // The document hears keys, whatever has the focus.
  useEffect(() => {
    const target = (e: KeyboardEvent) => {
      const list = latest.current.shown ?? [];
      const open = navigation.getSnapshot().conversationId;
      switch (shortcuts.pressed(e)) {
        case "next_chat":
          return stepFrom(list, open, 1);
        case "previous_chat":
          return stepFrom(list, open, -1);
        case "next_unread":
          return nextUnread(inList(conversations.getSnapshot().list ?? []), open);
        default: {
          const nth = /^Mod\+([1-9])$/.exec(chordOf(e) ?? "")?.[1];
          return nth && list[Number(nth) - 1];
        }
      }
    };
    const filterBy = (e: KeyboardEvent): 1 | -1 | undefined => {
      switch (shortcuts.pressed(e)) {
        case "next_filter":
          return 1;
        case "previous_filter":
          return -1;
        default:
          return undefined;
      }
    };
    const onKey = (e: KeyboardEvent) => {
      if (e.defaultPrevented || isComposing(e) || inDialog(e)) return;
      const step = filterBy(e);
      if (step) {
        const { filters, filter } = latest.current;
        const next = filters[filters.indexOf(filter) + step];
        e.preventDefault();
        if (next) navigation.setFilter(next);
        return;
      }
      const next = target(e);
      if (!next) return;
      e.preventDefault();
      navigation.openConversation(next.id);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [conversations, navigation, shortcuts]);
}
