import { useEffect } from "react";
import { useApp } from "../state/app";
import { inDialog } from "../ui/inDialog";

/** The attribute of the panes that F6 goes through, in the order of the document. */
const region = "[data-region]";

/**
 * Keys that work everywhere: Ctrl+, for settings, Ctrl+K for the search over
 * everything, Ctrl+F for the one in the open conversation, Ctrl+Shift+S for the
 * starred messages, F6 between regions.
 */
export function useShortcuts() {
  const { auth, navigation } = useApp();
  // The document hears keys, whatever has the focus.
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.defaultPrevented || e.isComposing) return;
      if (e.key === "," && (e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey) {
        e.preventDefault();
        navigation.openSettings(navigation.getSnapshot().settings ?? "account");
      } else if (modified(e, "k")) {
        if (inDialog(e) || !auth.account) return;
        e.preventDefault();
        navigation.setSearching(true);
      } else if (modified(e, "f")) {
        const { section, conversationId } = navigation.getSnapshot();
        if (inDialog(e) || section !== "messages" || conversationId === null) return;
        e.preventDefault();
        navigation.setFinding(true);
      } else if (
        e.key.toLowerCase() === "s" &&
        (e.ctrlKey || e.metaKey) &&
        e.shiftKey &&
        !e.altKey
      ) {
        if (inDialog(e) || !auth.account) return;
        e.preventDefault();
        navigation.setStarred(true);
      } else if (e.key === "F6" && !e.altKey && !e.metaKey) {
        if (inDialog(e)) return;
        e.preventDefault();
        moveRegion(e.shiftKey ? -1 : 1);
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [auth, navigation]);
}

/** Whether a key is pressed with Ctrl, on a Mac Command, and nothing else. */
const modified = (e: KeyboardEvent, key: string) =>
  e.key.toLowerCase() === key && (e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey;

/** Focuses the next region in sight: where it was left, or its first control. */
function moveRegion(step: 1 | -1) {
  const regions = [...document.querySelectorAll<HTMLElement>(region)].filter(
    (r) => r.getClientRects().length > 0,
  );
  const at = regions.findIndex((r) => r.contains(document.activeElement));
  const from = at < 0 && step < 0 ? 0 : at;
  const next = regions[(from + step + regions.length) % regions.length];
  next?.focus();
}
