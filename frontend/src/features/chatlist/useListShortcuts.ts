import { useEffect } from "react";
import { useApp } from "../../state/app";
import { isComposing } from "../../ui/composing";
import { inDialog } from "../../ui/inDialog";
import { inList, nextUnread, stepFrom } from "./filter";

/**
 * Keys that choose a conversation wherever the focus is: Alt with an arrow,
 * Ctrl (on a Mac, Command) with 1 to 9, and Ctrl+J for the next unread one.
 */
export function useListShortcuts() {
  const { conversations, navigation } = useApp();
  // The document hears keys, whatever has the focus.
  useEffect(() => {
    const target = (e: KeyboardEvent) => {
      const list = inList(conversations.getSnapshot().list ?? []);
      const open = navigation.getSnapshot().conversationId;
      const mod = e.ctrlKey || e.metaKey;
      if (e.altKey && !mod) {
        if (e.key === "ArrowDown") return stepFrom(list, open, 1);
        if (e.key === "ArrowUp") return stepFrom(list, open, -1);
        return undefined;
      }
      if (!mod || e.altKey) return undefined;
      if (e.key.toLowerCase() === "j") return nextUnread(list, open);
      return /^[1-9]$/.test(e.key) ? list[Number(e.key) - 1] : undefined;
    };
    const onKey = (e: KeyboardEvent) => {
      if (e.defaultPrevented || isComposing(e) || e.shiftKey) return;
      if (inDialog(e)) return;
      const next = target(e);
      if (!next) return;
      e.preventDefault();
      navigation.openConversation(next.id);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [conversations, navigation]);
}
