import { useApp } from "../../state/app";
import { useSelect, useStore } from "../../state/store";
import { FindInConversation } from "./FindInConversation";

/** The search in the open conversation, while it is asked for. */
export function SearchPanel() {
  const app = useApp();
  const { section, conversationId, finding } = useStore(app.navigation);
  const conversation = useSelect(app.conversations, (s) =>
    conversationId === null ? undefined : s.byId.get(conversationId),
  );
  if (section !== "messages" || !finding || !conversation) return null;
  return <FindInConversation key={conversation.id} conversation={conversation} />;
}
