import { useEffect, useState } from "react";
import type { Conversation, Message } from "../../bridge/types";
import type { MessagesStore } from "../../state/messages";

const none: readonly Message[] = [];

/**
 * Those of the pinned messages that are here, oldest first. They come from Go,
 * and again whenever something changes in the conversation: they may have been
 * edited.
 */
export function usePinned(conversation: Conversation, store: MessagesStore): readonly Message[] {
  const [messages, setMessages] = useState(none);
  useEffect(() => {
    if (conversation.pins.length === 0) return;
    let left = false;
    store.pinned().then(
      (got) => !left && setMessages(got),
      () => undefined, // The bar still leads to them.
    );
    return () => {
      left = true;
    };
  }, [conversation, store]);
  return conversation.pins.length === 0 ? none : messages;
}
