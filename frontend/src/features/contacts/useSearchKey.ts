import { useEffect } from "react";
import { isComposing } from "../../ui/composing";
import { inDialog } from "../../ui/inDialog";

/** Ctrl+K (on a Mac, Command+K) goes to the search, wherever the focus is. */
export function useSearchKey(focus: () => void) {
  // The document hears keys, whatever has the focus.
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.defaultPrevented || isComposing(e) || e.altKey || e.shiftKey) return;
      if (e.key.toLowerCase() !== "k" || !(e.ctrlKey || e.metaKey)) return;
      if (inDialog(e)) return;
      e.preventDefault();
      focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [focus]);
}
