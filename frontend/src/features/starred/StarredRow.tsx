import { Star } from "lucide-react";
import type { Message, Starred } from "../../bridge/types";
import { useI18n } from "../../i18n";
import type { T } from "../../i18n";
import { langOf } from "../../i18n/langOf";
import { useApp } from "../../state/app";
import { nameOf } from "../../state/contacts";
import { useSelect } from "../../state/store";
import { Avatar } from "../../ui/Avatar";
import { plain } from "../../ui/markup";
import styles from "./StarredRow.module.css";

type StarredRowProps = {
  id: string;
  item: Starred;
  /** The Tab key stops at it. */
  current: boolean;
  onFocus: () => void;
  onOpen: () => void;
  onUnstar: () => void;
};

/** A starred message: where it is, who wrote it and what it says. */
export function StarredRow({ id, item, current, onFocus, onOpen, onUnstar }: StarredRowProps) {
  const { t, formats } = useI18n();
  const { conversations } = useApp();
  const conversation = useSelect(conversations, (s) => s.byId.get(item.conversation_id));
  const peer = conversation?.peer;
  const name = peer ? nameOf({ remark: conversation.remark, profile: peer }) : "";
  const { message } = item;
  const words = message ? wordsOf(t, message) : t("star.not_here");
  return (
    <div className={styles.row} role="listitem" data-current={current || undefined}>
      <button
        id={id}
        type="button"
        className={styles.message}
        tabIndex={current ? 0 : -1}
        onFocus={onFocus}
        onClick={onOpen}
      >
        <Avatar id={peer?.id ?? ""} name={name} size={40} />
        <span className={styles.words}>
          <span className={styles.line}>
            <span className={styles.name}>{name}</span>
            {message && (
              <time className={styles.time} dateTime={new Date(message.created_ms).toISOString()}>
                {formats.dateTime(message.created_ms)}
              </time>
            )}
          </span>
          <span className={styles.text} data-missing={!message || undefined} lang={langOf(words)}>
            {message?.mine ? t("search.mine", { text: words }) : words}
          </span>
        </span>
      </button>
      {message && (
        <button
          type="button"
          className={styles.star}
          tabIndex={current ? 0 : -1}
          aria-label={t("star.off")}
          title={t("star.off")}
          onClick={onUnstar}
        >
          <Star size={16} fill="currentColor" strokeWidth={1.75} aria-hidden />
        </button>
      )}
    </div>
  );
}

/** What a message says, in one or two lines. */
const wordsOf = (t: T, message: Message) =>
  (message.kind === "text" ? plain(message.text) : message.text) || t("message.unknown_empty");
