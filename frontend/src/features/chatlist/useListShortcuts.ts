import { useEffect, useRef } from "react";
import type { Conversation } from "../../bridge/types";
import { useApp } from "../../state/app";
import type { Filter } from "../../state/navigation";
import { isComposing } from "../../ui/composing";
import { inDialog } from "../../ui/inDialog";
import { inList, nextUnread, stepFrom } from "./filter";

/**
 * Keys that choose a conversation of those shown, or what is shown, wherever the
 * focus is: Alt with an arrow, Ctrl (on a Mac, Command) with 1 to 9, Ctrl+J for
 * the next unread one, and Alt+Shift with an arrow for the next filter.
 */
export function useListShortcuts(
  filters: readonly Filter[],
  filter: Filter,
  shown: readonly Conversation[] | undefined,
) {
  const { conversations, navigation } = useApp();
  const latest = useRef({ filters, filter, shown });
  useEffect(() => {
    latest.current = { filters, filter, shown };
  });
  // The document hears keys, whatever has the focus.
  useEffect(() => {
    const target = (e: KeyboardEvent) => {
      const list = latest.current.shown ?? [];
      const open = navigation.getSnapshot().conversationId;
      const mod = e.ctrlKey || e.metaKey;
      if (e.altKey && !mod) {
        if (e.key === "ArrowDown") return stepFrom(list, open, 1);
        if (e.key === "ArrowUp") return stepFrom(list, open, -1);
        return undefined;
      }
      if (!mod || e.altKey) return undefined;
      if (e.key.toLowerCase() === "j") {
        return nextUnread(inList(conversations.getSnapshot().list ?? []), open);
      }
      return /^[1-9]$/.test(e.key) ? list[Number(e.key) - 1] : undefined;
    };
    const onKey = (e: KeyboardEvent) => {
      if (e.defaultPrevented || isComposing(e) || inDialog(e)) return;
      if (e.shiftKey) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
        if (!step || !e.altKey || e.ctrlKey || e.metaKey) return;
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
  }, [conversations, navigation]);
}
