import { useEffect } from "react";
import { useApp } from "../../state/app";
import { isComposing } from "../../ui/composing";
import { inDialog } from "../../ui/inDialog";

/** The key of the search, mostly Ctrl+K, goes to it wherever the focus is. */
export function useSearchKey(focus: () => void) {
  const { shortcuts } = useApp();
  // The document hears keys, whatever has the focus.
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.defaultPrevented || isComposing(e) || inDialog(e)) return;
      if (shortcuts.pressed(e) !== "search") return;
      e.preventDefault();
      focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [focus, shortcuts]);
}
