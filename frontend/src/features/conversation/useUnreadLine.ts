import { useCallback, useEffect, useRef, useState } from "react";
import type { Conversation } from "../../bridge/types";
import { useApp } from "../../state/app";
import type { MessagesStore } from "../../state/messages";

/**
 * Where the line above what is new stands, and the read position that follows
 * what the user has seen.
 */
export function useUnreadLine(opened: Conversation, store: MessagesStore) {
  const app = useApp();
  const { id } = opened;
  const [unreadAfter, setUnreadAfter] = useState(opened.unread > 0 ? opened.read_seq : null);
  const clearUnread = useCallback(() => setUnreadAfter(null), []);
  const seen = useRef(0);
  const atEnd = useRef(true);
  const onSeen = useCallback(
    (seq: number, end: boolean) => {
      atEnd.current = end;
      const now = app.conversations.getSnapshot().byId.get(id);
      if (!now || now.unread === 0 || !looking()) return;
      if (seq <= Math.max(now.read_seq, seen.current)) return;
      seen.current = seq;
      store.markRead(seq).catch(() => {
        seen.current = 0; // The next look tries again.
      });
    },
    [app, id, store],
  );

  // Messages that arrive while nobody looks get the line above them.
  useEffect(() => {
    let before = opened.unread;
    return app.conversations.subscribe(() => {
      const now = app.conversations.getSnapshot().byId.get(id);
      if (!now) return;
      if (before === 0 && now.unread > 0 && !(looking() && atEnd.current)) {
        setUnreadAfter(now.read_seq);
      }
      before = now.unread;
    });
  }, [app, id, opened]);

  return { unreadAfter, clearUnread, onSeen };
}

/** Whether the user can be looking: the window is visible and has the focus. */
const looking = () => document.visibilityState === "visible" && document.hasFocus();
