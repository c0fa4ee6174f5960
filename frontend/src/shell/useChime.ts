import { useEffect, useState } from "react";
import { useApp } from "../state/app";
import type { AppState } from "../state/app";
import { Chime } from "../ui/Chime";

/** How a notice about a conversation is heard: not at all if the user wants none, or is reading it. */
export function useChime(): (conversationId: string) => void {
  const app = useApp();
  const [chime] = useState(() => new Chime());
  // The clicks and keys after which a page may sound come from outside React.
  useEffect(() => {
    const unlock = () => {
      // The sound system is large: it loads where something can be heard of.
      if (!app.auth.account || !wanted(app)) return;
      stop();
      void chime.unlock();
    };
    const stop = () => {
      window.removeEventListener("click", unlock);
      window.removeEventListener("keydown", unlock);
    };
    window.addEventListener("click", unlock);
    window.addEventListener("keydown", unlock);
    return stop;
  }, [app, chime]);

  return (conversationId) => {
    const open = app.navigation.getSnapshot().conversationId;
    const reading = document.hasFocus() && open === conversationId;
    if (wanted(app) && !reading) void chime.play();
  };
}

function wanted({ settings }: AppState): boolean {
  const now = settings.getSnapshot().settings;
  return now !== undefined && now.notify && now.sound;
}
