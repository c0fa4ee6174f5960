import { memo, useRef, useState } from "react";
import {
  BellOff,
  Check,
  CheckCheck,
  CircleAlert,
  Clock3,
  LoaderCircle,
  Star,
  X,
} from "lucide-react";
import type { Profile } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { Avatar } from "../../ui/Avatar";
import { useNow } from "../../ui/useNow";
import type { MessageActions } from "./actions";
import { ForwardedLine } from "./ForwardedLine";
import { HoverBar } from "./HoverBar";
import { kindOf } from "./kinds";
import { LinkPreview } from "./LinkPreview";
import styles from "./MessageRow.module.css";
import { QuoteBlock } from "./QuoteBlock";
import { ReactionChips } from "./ReactionChips";
import { reactable, spokenReactions } from "./reactions";
import { sameDay } from "./rows";
import type { Delivery, Row } from "./rows";
import { useMarks } from "./useMarks";

/** What stands under the conversation's last unsent message. */
export type Unsent = { waiting: number; failed: number };

type MessageRowProps = {
  row: Row;
  /** What is known of an own message; null for one by the other side. */
  delivery: Delivery | null;
  peer: Profile;
  peerName: string;
  /** Set on the last row only, where something is unsent. */
  unsent: Unsent | null;
  /** The row that the Tab key stops at. */
  current: boolean;
  /** The user's own id. */
  me: string;
  /** Whether the user may write here. */
  friend: boolean;
  /** The words in it that were looked for; null where nobody came for it. */
  found: readonly string[] | null;
  /** The user was brought to it. */
  lit: boolean;
  /** Whether it is selected; null while nothing is being selected. */
  selected: boolean | null;
  actions: MessageActions;
  onRetry: (id: string) => void;
  onRetryAll: () => void;
  onResize: (id: string) => void;
  onFocus: (id: string) => void;
};

/** One message with the date and the line of new messages that may stand above it. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { row, peerName, me, friend, current, found, lit, selected } = props;
  const { actions, onFocus, onResize } = props;
  const { message } = row;
  const { t, formats } = useI18n();
  const kind = kindOf(message.kind);
  const spoken = t("message.spoken", {
    name: message.mine ? t("message.you") : peerName,
    time: formats.dateTime(message.created_ms),
    text: kind.words(t, message, peerName),
  });
  const reactions = spokenReactions(t, message, me, peerName);
  const { Body } = kind;
  const bubble = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false); // The pointer or the focus was here: few rows need their buttons.
  useMarks(bubble, found);
  const body = (
    <Body
      message={message}
      peerName={peerName}
      onResize={() => onResize(message.id)}
      onJump={actions.jump}
      onOpen={() => actions.open(message.id)}
      onAgain={actions.again}
    />
  );
  return (
    <div className={styles.slot} data-tail={row.tail}>
      {row.day && <Day ms={message.created_ms} />}
      {row.unread && (
        <div className={styles.unread} role="separator">
          {t("chat.new_line")}
        </div>
      )}
      {kind.shape === "line" ? (
        <p className={styles.notice} data-row={message.id}>
          {body}
        </p>
      ) : (
        <article
          className={styles.message}
          data-side={message.mine ? "mine" : "theirs"}
          data-head={row.head}
          data-lit={lit || undefined}
          data-message={message.id}
          data-selected={selected ?? undefined}
          aria-label={[spoken, message.starred_ms > 0 && t("star.mark"), reactions]
            .filter(Boolean)
            .join(". ")}
          tabIndex={current ? 0 : -1}
          onFocus={() => {
            onFocus(message.id);
            setNear(true);
          }}
          onClickCapture={(e) => {
            // What is in it does nothing of its own while messages are selected.
            if (selected === null && !e.ctrlKey && !e.metaKey) return;
            e.preventDefault();
            e.stopPropagation();
            actions.select(message.id, selected !== null && e.shiftKey);
            e.currentTarget.focus({ preventScroll: true });
          }}
        >
          {selected !== null && (
            <input
              type="checkbox"
              className={styles.check}
              tabIndex={-1}
              checked={selected}
              aria-label={spoken}
              readOnly
            />
          )}
          {!message.mine && row.head && (
            <span className={styles.face} aria-hidden>
              <Avatar id={props.peer.id} name={props.peer.nickname} size={36} />
            </span>
          )}
          {!message.mine && row.head && (
            <time className={styles.time} dateTime={new Date(message.created_ms).toISOString()}>
              {formats.time(message.created_ms)}
            </time>
          )}
          <div className={styles.line} data-row={message.id} onPointerEnter={() => setNear(true)}>
            <div
              ref={bubble}
              className={styles.bubble}
              data-bubble
              onDoubleClick={() => selected === null && actions.reply(message.id)}
            >
              {message.quote && (
                <QuoteBlock quote={message.quote} peerName={peerName} onJump={actions.jump} />
              )}
              {message.forwarded !== "" && <ForwardedLine name={message.forwarded} />}
              {body}
              {message.silent && (
                <span className={styles.edited} title={t("message.silent")}>
                  <BellOff size={12} role="img" aria-label={t("message.silent")} />
                </span>
              )}
              {message.edited_ms > 0 && (
                <span className={styles.edited}>{t("message.edited")}</span>
              )}
              {message.link && (
                <LinkPreview
                  conversationId={message.conversation_id}
                  messageId={message.id}
                  link={message.link}
                />
              )}
              {message.starred_ms > 0 && (
                <span className={styles.star} title={t("star.mark")}>
                  <Star size={10} fill="currentColor" role="img" aria-label={t("star.mark")} />
                </span>
              )}
              {near && selected === null && (
                <div className={styles.bar}>
                  <HoverBar
                    message={message}
                    friend={friend}
                    actions={actions}
                    onMenu={openMenuAt}
                  />
                </div>
              )}
            </div>
            <Side {...props} />
          </div>
          {message.reactions.length > 0 && (
            <div className={styles.under}>
              <ReactionChips
                message={message}
                me={me}
                peerName={peerName}
                reachable={current}
                disabled={!reactable(message, { friend })}
                onReact={actions.react}
              />
            </div>
          )}
          {message.refused !== "" && (
            <div className={styles.foot} role="alert">
              <span className={styles.bad}>
                {t(refusedWords(message.refused_act), {
                  reason: errorText(t, { code: message.refused }),
                })}
              </span>
              {message.refused_text !== "" && friend && (
                <button
                  type="button"
                  className={styles.link}
                  tabIndex={current ? 0 : -1}
                  onClick={() => actions.retryEdit(message.id)}
                >
                  {t("message.edit_again")}
                </button>
              )}
              <button
                type="button"
                className={styles.dismiss}
                tabIndex={current ? 0 : -1}
                aria-label={t("message.refused_close")}
                title={t("message.refused_close")}
                onClick={() => actions.dismiss(message.id)}
              >
                <X size={14} strokeWidth={1.75} aria-hidden />
              </button>
            </div>
          )}
          {message.mine && row.tail && <Foot {...props} />}
        </article>
      )}
    </div>
  );
});

function Day({ ms }: { ms: number }) {
  const { t, formats } = useI18n();
  const now = useNow();
  const recent = sameDay(ms, now) || sameDay(ms, now - 86_400_000);
  const day = formats.day(ms);
  return (
    <div className={styles.day} role="separator">
      {recent ? t("chat.day_time", { day, time: formats.time(ms) }) : day}
    </div>
  );
}

/** What to say of an act that the server refused. */
function refusedWords(act: string) {
  if (act === "recall") return "message.refused_recall";
  return act === "edit" ? "message.refused_edit" : "message.refused";
}

/** What needs the eye beside an own bubble: it waits, is on its way, or was refused. */
function Side({ row, delivery, onRetry }: MessageRowProps) {
  const { t } = useI18n();
  const icon = { size: 16, strokeWidth: 1.75, "aria-hidden": true };
  switch (delivery) {
    case "queued":
      return (
        <span className={styles.side} title={t("message.queued")}>
          <Clock3 {...icon} />
          <span className={styles.hidden}>{t("message.queued")}</span>
        </span>
      );
    case "sending":
      return (
        <span className={styles.side} title={t("message.sending")}>
          <LoaderCircle {...icon} className={styles.spin} />
          <span className={styles.hidden}>{t("message.sending")}</span>
        </span>
      );
    case "failed": {
      const reason = errorText(t, { code: row.message.error_code });
      return (
        <button
          type="button"
          className={styles.retry}
          title={t("message.failed_reason", { reason })}
          aria-label={`${t("message.retry")}. ${t("message.failed_reason", { reason })}`}
          onClick={() => onRetry(row.message.id)}
        >
          <CircleAlert {...icon} size={18} />
        </button>
      );
    }
    default:
      return row.message.waiting === "edit" ? (
        <span className={styles.side} title={t("message.edit_waiting")}>
          <Clock3 {...icon} />
          <span className={styles.hidden}>{t("message.edit_waiting")}</span>
        </span>
      ) : null;
  }
}

/** The line under a run of own messages: when, and how far they came. */
function Foot({ row, delivery, unsent, onRetryAll }: MessageRowProps) {
  const { t, formats } = useI18n();
  const icon = { size: 14, strokeWidth: 1.75, "aria-hidden": true };
  if (unsent && unsent.failed > 0) {
    return (
      <div className={styles.foot}>
        <span className={styles.bad}>{t("message.failed_count", { count: unsent.failed })}</span>
        <button type="button" className={styles.link} onClick={onRetryAll}>
          {t("message.retry_all")}
        </button>
      </div>
    );
  }
  if (unsent && unsent.waiting > 0) {
    return (
      <div className={styles.foot}>{t("message.waiting_count", { count: unsent.waiting })}</div>
    );
  }
  if (delivery !== "sent" && delivery !== "delivered" && delivery !== "read") return null;
  return (
    <div className={styles.foot} data-state={delivery} title={t(`message.${delivery}`)}>
      {delivery === "sent" ? <Check {...icon} /> : <CheckCheck {...icon} />}
      <time dateTime={new Date(row.message.created_ms).toISOString()}>
        {formats.time(row.message.created_ms)}
      </time>
      <span className={delivery === "read" ? undefined : styles.hidden}>
        {t(`message.${delivery}`)}
      </span>
    </div>
  );
}

/** Opens the list's context menu for the message around an element, without a pointer. */
export function openMenuAt(element: Element) {
  element.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }));
}
