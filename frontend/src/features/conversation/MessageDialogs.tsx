import type { Conversation, Message } from "../../bridge/types";
import type { MessagesStore } from "../../state/messages";
import { DeleteDialog } from "./DeleteDialog";
import { ForwardDialog } from "./ForwardDialog";
import type { Forwarding } from "./ForwardDialog";
import { RecordDialog } from "./kinds/record/RecordDialog";
import { ReactionPicker } from "./ReactionPicker";
import { VersionsDialog } from "./VersionsDialog";

/** What stands open beside or over the messages. */
export type Opened =
  | { kind: "reactions"; id: string; anchor: Element }
  | { kind: "versions" | "record"; message: Message }
  | { kind: "delete"; messages: readonly Message[] }
  | { kind: "forward"; what: Forwarding };

type MessageDialogsProps = {
  opened: Opened | null;
  conversation: Conversation;
  store: MessagesStore;
  onReact: (messageId: string, emoji: string) => void;
  /** What was selected was forwarded or deleted. */
  onActed: () => void;
  onClose: () => void;
};

/** The dialogs that belong to messages of the open conversation. */
export function MessageDialogs({
  opened,
  conversation,
  store,
  onReact,
  onActed,
  onClose,
}: MessageDialogsProps) {
  return (
    <>
      <ReactionPicker
        anchor={opened?.kind === "reactions" ? opened.anchor : null}
        onPick={(emoji) => opened?.kind === "reactions" && onReact(opened.id, emoji)}
        onClose={onClose}
      />
      {opened?.kind === "versions" && (
        <VersionsDialog store={store} message={opened.message} onClose={onClose} />
      )}
      {opened?.kind === "record" && opened.message.card && (
        <RecordDialog
          conversationId={conversation.id}
          messageId={opened.message.id}
          names={opened.message.card.names}
          onClose={onClose}
        />
      )}
      {opened?.kind === "delete" && (
        <DeleteDialog
          messages={opened.messages}
          store={store}
          onClose={onClose}
          onDone={() => {
            onClose();
            onActed();
          }}
        />
      )}
      {opened?.kind === "forward" && (
        <ForwardDialog
          conversation={conversation}
          what={opened.what}
          onClose={onClose}
          onDone={() => {
            onClose();
            onActed();
          }}
        />
      )}
    </>
  );
}
