import { useEffect } from "react";
import { useApp } from "../state/app";
import { isComposing } from "../ui/composing";
import { inDialog } from "../ui/inDialog";
import { nextRegion, regionsIn } from "../ui/regions";

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
          navigation.find();
          break;
        }
        case "starred":
          if (!auth.account) return;
          navigation.setStarred(true);
          break;
        case "next_pane":
          moveRegion(e, 1);
          break;
        case "previous_pane":
          moveRegion(e, -1);
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
function moveRegion(e: KeyboardEvent, step: 1 | -1) {
  e.stopPropagation(); // The window would give F6 to the toasts alone.
  nextRegion(regionsIn(document), document.activeElement, step)?.focus();
}
