import { useEffect } from "react";
import { useApp } from "../state/app";

/** Tells the engine whether the user is looking: no notice is raised meanwhile. */
export function useFocusReport() {
  const { bridge } = useApp();
  // The window's focus is outside React.
  useEffect(() => {
    let told: boolean | undefined;
    const tell = () => {
      const focused = document.hasFocus() && document.visibilityState === "visible";
      if (focused === told) return;
      told = focused;
      bridge.call("Chat", "SetFocus", { focused }).catch(() => {
        told = undefined; // The next change tells it again.
      });
    };
    tell();
    window.addEventListener("focus", tell);
    window.addEventListener("blur", tell);
    document.addEventListener("visibilitychange", tell);
    return () => {
      window.removeEventListener("focus", tell);
      window.removeEventListener("blur", tell);
      document.removeEventListener("visibilitychange", tell);
    };
  }, [bridge]);
}
