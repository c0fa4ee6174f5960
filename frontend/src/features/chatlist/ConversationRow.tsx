import { memo } from "react";
import { BellOff, CircleAlert, Clock3, Pin } from "lucide-react";
import type { Conversation } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { langOf } from "../../i18n/langOf";
import { useApp } from "../../state/app";
import { nameOf } from "../../state/contacts";
import { useSelect } from "../../state/store";
import { Avatar } from "../../ui/Avatar";
import { Badge } from "../../ui/Badge";
import { Hidden } from "../../ui/Hidden";
import { ListRow } from "../../ui/ListRow";
import { isUnread } from "./chatActions";
import styles from "./ConversationRow.module.css";

type ConversationRowProps = {
  conversation: Conversation;
  /** It is shown in the pane beside the list. */
  open: boolean;
  /** The Tab key stops at it. */
  current: boolean;
  onOpen: (id: string) => void;
  onFocus: (id: string) => void;
};

/** One conversation of the list. */
export const ConversationRow = memo(function ConversationRow(props: ConversationRowProps) {
  const { conversation, open, current } = props;
  const { t, formats } = useI18n();
  const { presence, connection } = useApp();
  const online = useSelect(presence, (s) => s.get(conversation.peer.id)?.online ?? false);
  const connected = useSelect(connection, (c) => c.state === "online" || c.state === "syncing");
  const shown = conversation.friend ? (online && connected ? "online" : "offline") : undefined;
  const time = conversation.preview.created_ms || conversation.sort_ms;
  return (
    <ListRow
      size="lg"
      face={<Avatar id={conversation.peer.id} name={conversation.peer.nickname} presence={shown} />}
      open={open}
      current={current}
      data-conversation={conversation.id}
      data-unread={(isUnread(conversation) && !conversation.muted) || undefined}
      data-pinned={conversation.pinned_ms > 0 || undefined}
      onClick={() => props.onOpen(conversation.id)}
      onFocus={() => props.onFocus(conversation.id)}
    >
      <span className={styles.line}>
        <span className={styles.name}>
          {nameOf({ remark: conversation.remark, profile: conversation.peer })}
        </span>
        {conversation.pinned_ms > 0 && (
          <span className={styles.mark}>
            <Pin aria-hidden />
            <Hidden>{t("list.pinned")}</Hidden>
          </span>
        )}
        {shown === "online" && <Hidden>{t("chat.online")}</Hidden>}
        {time > 0 && (
          <time className={styles.time} dateTime={new Date(time).toISOString()}>
            {formats.listTime(time)}
          </time>
        )}
      </span>
      <span className={styles.line}>
        <Preview conversation={conversation} open={open} />
        {conversation.muted && (
          <span className={styles.mark}>
            <BellOff aria-hidden />
            <Hidden>{t("list.muted")}</Hidden>
          </span>
        )}
        <Badge
          count={conversation.unread}
          dot={conversation.marked_unread}
          muted={conversation.muted}
        />
        {conversation.unread > 0 ? (
          <Hidden>{t("list.unread_count", { count: conversation.unread })}</Hidden>
        ) : (
          conversation.marked_unread && <Hidden>{t("list.marked_unread")}</Hidden>
        )}
      </span>
    </ListRow>
  );
});

/** The second line: who is writing, else what is unsent, else what came last. */
function Preview({ conversation, open }: Pick<ConversationRowProps, "conversation" | "open">) {
  const { t } = useI18n();
  const { typing } = useApp();
  const writing = useSelect(typing, (s) => (s.get(conversation.id)?.length ?? 0) > 0);
  const { preview, draft } = conversation;
  if (writing) return <span className={styles.typing}>{t("list.typing")}</span>;
  if (draft !== "" && !open) {
    return (
      <span className={styles.preview}>
        <span className={styles.draft}>{t("list.draft")}</span> {draft}
      </span>
    );
  }
  if (preview.kind === "" || preview.kind === "friended") {
    return <span className={styles.preview}>{t("list.no_messages")}</span>;
  }
  if (preview.kind === "recall") {
    const name = nameOf({ remark: conversation.remark, profile: conversation.peer });
    return (
      <span className={styles.preview}>
        {preview.mine ? t("message.recalled_mine") : t("message.recalled_theirs", { name })}
      </span>
    );
  }
  return (
    <>
      {preview.mine && <Mark status={preview.status} />}
      <span className={styles.preview} lang={langOf(preview.text)}>
        {preview.text}
      </span>
    </>
  );
}

function Mark({ status }: { status: Conversation["preview"]["status"] }) {
  const { t } = useI18n();
  if (status === "failed") {
    return (
      <span className={styles.mark} data-failed title={t("list.failed")}>
        <CircleAlert aria-hidden />
        <Hidden>{t("list.failed")}</Hidden>
      </span>
    );
  }
  if (status !== "queued" && status !== "sending") return null;
  return (
    <span className={styles.mark} title={t("list.waiting")}>
      <Clock3 aria-hidden />
      <Hidden>{t("list.waiting")}</Hidden>
    </span>
  );
}
