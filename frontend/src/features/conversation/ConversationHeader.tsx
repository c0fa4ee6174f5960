import type { ReactNode } from "react";
import { Search, UserRound } from "lucide-react";
import type { Conversation } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { nameOf } from "../../state/contacts";
import { useKeysOf } from "../../state/shortcuts";
import { useSelect, useStore } from "../../state/store";
import { IconButton } from "../../ui/IconButton";
import { PaneHeader } from "../../ui/PaneHeader";
import { useNow } from "../../ui/useNow";
import styles from "./ConversationHeader.module.css";

type ConversationHeaderProps = {
  conversation: Conversation;
  /** The button behind which the list's commands are. */
  menu: ReactNode;
};

/** Who the conversation is with and whether they are there. */
export function ConversationHeader({ conversation, menu }: ConversationHeaderProps) {
  const { t } = useI18n();
  const { navigation } = useApp();
  const { peer } = conversation;
  const finding = useSelect(navigation, (n) => n.finding);
  const findKeys = useKeysOf("find");
  const profile = () => navigation.openContacts({ kind: "person", userId: peer.id });
  return (
    <PaneHeader
      title={nameOf({ remark: conversation.remark, profile: peer })}
      caption={<Presence conversation={conversation} />}
      back={{ label: t("chat.back"), onClick: () => navigation.back() }}
      data-region="header"
      tabIndex={-1}
    >
      <IconButton
        icon={Search}
        label={t("find.open")}
        shortcut={findKeys}
        on={finding}
        aria-pressed={finding}
        onClick={() => (finding ? navigation.stopFinding() : navigation.find())}
      />
      <IconButton icon={UserRound} label={t("chat.profile")} onClick={profile} />
      {menu}
    </PaneHeader>
  );
}

function Presence({ conversation }: Pick<ConversationHeaderProps, "conversation">) {
  const { t, formats } = useI18n();
  const { connection, presence, typing } = useApp();
  const peer = useSelect(presence, (s) => s.get(conversation.peer.id));
  const writing = useSelect(typing, (s) => (s.get(conversation.id)?.length ?? 0) > 0);
  const { state } = useStore(connection);
  useNow(); // "5 minutes ago" grows old.
  if (!conversation.friend) return <p className={styles.presence}>{t("chat.no_longer_friends")}</p>;
  if (writing) {
    return (
      <p className={styles.presence} data-typing>
        <span>{t("list.typing")}</span>
      </p>
    );
  }
  if (state === "off" || state === "connecting") {
    return (
      <p className={styles.presence}>
        <i className={styles.dot} aria-hidden />
        <span>{t("chat.unknown_presence")}</span>
      </p>
    );
  }
  const seen = peer?.last_seen_ms ?? 0;
  return (
    <p className={styles.presence}>
      <i className={styles.dot} data-online={peer?.online || undefined} aria-hidden />
      <span>
        {peer?.online
          ? t("chat.online")
          : seen > 0
            ? t("chat.last_seen", { time: formats.ago(seen) })
            : t("chat.offline")}
      </span>
    </p>
  );
}
