import type { ReactNode } from "react";
import { MessageCircle } from "lucide-react";
import type { Conversation as Bridged } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useKeysOf } from "../../state/shortcuts";
import { useSelect, useStore } from "../../state/store";
import { EmptyState } from "../../ui/EmptyState";
import { Kbd } from "../../ui/Kbd";
import styles from "./Conversation.module.css";
import { ConversationSkeleton } from "./ConversationSkeleton";
import { OpenConversation } from "./OpenConversation";
import { Welcome } from "./Welcome";

type ConversationProps = {
  /** Stands above the messages: the state of the connection. */
  banner: ReactNode;
  /** The commands for the open conversation, at the end of its header. */
  menu: (conversation: Bridged) => ReactNode;
};

/** The pane beside the conversation list. */
export function Conversation({ banner, menu }: ConversationProps) {
  const app = useApp();
  const { t } = useI18n();
  const { conversationId, atSeq, marks, visit } = useStore(app.navigation);
  const conversation = useSelect(app.conversations, (s) =>
    conversationId === null ? undefined : s.byId.get(conversationId),
  );
  const none = useSelect(app.conversations, (s) => s.list?.length === 0);
  const searchKeys = useKeysOf("search");
  if (conversation) {
    return (
      <OpenConversation
        key={`${conversation.id} ${atSeq ?? ""} ${visit}`}
        conversation={conversation}
        atSeq={atSeq}
        marks={marks}
        banner={banner}
        menu={menu(conversation)}
      />
    );
  }
  if (conversationId !== null) return <ConversationSkeleton />; // Its row is on its way.
  if (none) {
    return (
      <>
        {banner}
        <Welcome />
      </>
    );
  }
  const [before, after] = t("chat.none_text", { key: "\n" }).split("\n");
  const hint = searchKeys && (
    <>
      {before}
      <Kbd keys={searchKeys} />
      {after}
    </>
  );
  return (
    <div className={styles.pane}>
      {banner}
      <EmptyState icon={MessageCircle} title={t("chat.none_title")} text={hint} />
    </div>
  );
}
