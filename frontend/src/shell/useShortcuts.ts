import { useEffect } from "react";
import { useApp } from "../state/app";
import { isComposing } from "../ui/composing";
import { inDialog } from "../ui/inDialog";

/** The attribute of the panes that F6 goes through, in the order of the document. */
const region = "[data-region]";

/**
 * Keys that work everywhere, as the user chose them: for settings, the search over
 * everything, the one in the open conversation, and between panes.
 */
export function useShortcuts() {
  const { auth, navigation, shortcuts } = useApp();
  // The document hears keys, whatever has the focus.
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.defaultPrevented || isComposing(e)) return;
      const action = shortcuts.pressed(e);
      if (!action || (action !== "settings" && inDialog(e))) return;
      switch (action) {
        case "settings":
          navigation.openSettings(navigation.getSnapshot().settings ?? "account");
          break;
        case "search":
          if (!auth.account) return;
          navigation.setSearching(true);
          break;
        case "find": {
          const { section, conversationId } = navigation.getSnapshot();
          if (section !== "messages" || conversationId === null) return;
          navigation.setFinding(true);
          break;
        }
        case "starred":
          if (!auth.account) return;
          navigation.setStarred(true);
          break;
        case "next_pane":
          moveRegion(1);
          break;
        case "previous_pane":
          moveRegion(-1);
          break;
        default:
          return; // Of the list, or of the field.
      }
      e.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [auth, navigation, shortcuts]);
}

/** Focuses the next region in sight: where it was left, or its first control. */
function moveRegion(step: 1 | -1) {
  const regions = [...document.querySelectorAll<HTMLElement>(region)].filter(
    (r) => r.getClientRects().length > 0,
  );
  // Regions stand within each other; the innermost is the last that holds the focus.
  const at = regions.map((r) => r.contains(document.activeElement)).lastIndexOf(true);
  const from = at < 0 && step < 0 ? 0 : at;
  const next = regions[(from + step + regions.length) % regions.length];
  next?.focus();
}
