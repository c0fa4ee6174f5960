import { useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import type { KeyboardEvent, Ref } from "react";
import { ArrowDown } from "lucide-react";
import type { Conversation } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { nameOf } from "../../state/contacts";
import { windowSize } from "../../state/messages";
import type { MessagesSnapshot } from "../../state/messages";
import { useSelect } from "../../state/store";
import { Scroll } from "../../ui/Scroll";
import type { MessageActions } from "./actions";
import { HistoryEdge } from "./HistoryEdge";
import { kindOf } from "./kinds";
import styles from "./MessageList.module.css";
import { MessageMenu } from "./MessageMenu";
import { MessageRow, openMenuAt } from "./MessageRow";
import { countUnsent, deliveryOf, rowsOf } from "./rows";
import { seenSeq } from "./span";
import type { Mark } from "./span";
import { useAnchoredSpan } from "./useAnchoredSpan";

/** What the conversation around the list may ask of it. */
export type MessageListHandle = {
  toNewest: () => void;
  /** Focuses a message, or without one that which had the focus last. */
  focus: (id?: string) => void;
};

type MessageListProps = {
  conversation: Conversation;
  snapshot: MessagesSnapshot & { messages: NonNullable<MessagesSnapshot["messages"]> };
  /** The line of new messages stands after this seq; null for no line. */
  unreadAfter: number | null;
  /** The message to open at; null opens at the newest. */
  landOn: string | null;
  /** The words to mark in the message to open at; null where nobody came for it. */
  marks: readonly string[] | null;
  /** The message to open at is shown to the eye. */
  lit: boolean;
  /** The user went there from another message, and goes on from it by keyboard. */
  jumped: boolean;
  /** The messages that are selected; null while none are being selected. */
  selected: ReadonlySet<string> | null;
  /** The name of the key that is Ctrl, or Command on a Mac. */
  mod: string;
  actions: MessageActions;
  onLoadOlder: () => void;
  onLoadNewer: () => void;
  /** Lets go of older messages than any that show. */
  onLetOlderGo: () => void;
  /** Makes the newest messages the loaded ones. */
  onOpenNewest: () => void;
  /** Messages up to this seq were visible, and whether the list stands at its end. */
  onSeen: (seq: number, atEnd: boolean) => void;
  onRetry: (id: string) => void;
  onRetryAll: () => void;
  onDiscard: (id: string) => void;
  ref: Ref<MessageListHandle>;
};

/** The messages of one conversation, as many as are near the visible part. */
export function MessageList(props: MessageListProps) {
  const { conversation, snapshot, unreadAfter, landOn, marks, lit, jumped } = props;
  const { selected, actions, ref } = props;
  const { onSeen, onLoadOlder, onLoadNewer, onLetOlderGo, onOpenNewest } = props;
  const { onRetry, onRetryAll, onDiscard } = props;
  const { t } = useI18n();
  const me = useSelect(useApp().profile, (p) => p?.profile.id ?? "");
  const name = nameOf({ remark: conversation.remark, profile: conversation.peer });
  const { messages, moreBefore, moreAfter, loading, error } = snapshot;

  const rows = useMemo(
    () => rowsOf(messages, { fromStart: !moreBefore, unreadAfter }),
    [messages, moreBefore, unreadAfter],
  );
  const ids = useMemo(() => messages.map((m) => m.id), [messages]);
  const seqs = useMemo(() => new Map(messages.map((m) => [m.id, m.seq])), [messages]);
  const unsent = useMemo(() => countUnsent(messages), [messages]);

  const onReach = useCallback(
    (end: "start" | "end") => {
      if (loading !== "none" || error) return;
      if (end === "start" && moreBefore) onLoadOlder();
      if (end === "end" && moreAfter) onLoadNewer();
    },
    [error, loading, moreAfter, moreBefore, onLoadNewer, onLoadOlder],
  );
  const onShow = useCallback(
    (visible: readonly Mark[], view: number) => {
      const shown = visible.map((m) => ({ seq: seqs.get(m.id) ?? 0, top: m.top }));
      const last = visible.at(-1)?.id;
      onSeen(seenSeq(shown, view), !moreAfter && last === ids.at(-1));
    },
    [ids, moreAfter, onSeen, seqs],
  );
  const { scroller, content, extent, pinned, onScroll, toEnd, hold, report } = useAnchoredSpan({
    ids,
    atEnd: !moreAfter,
    landOn,
    onReach,
    onShow,
  });

  // A conversation that stands open for days would only grow.
  const spare = pinned && selected === null ? messages.length - windowSize : 0;
  useEffect(() => {
    if (spare > 0) onLetOlderGo(); // Again with the next message, if a page is on its way now.
  }, [onLetOlderGo, spare]);

  const toNewest = useCallback(() => {
    if (moreAfter) onOpenNewest();
    toEnd();
  }, [moreAfter, onOpenNewest, toEnd]);

  const [focused, setFocused] = useState<string | null>(null);
  const stop = focused !== null && seqs.has(focused) ? focused : ids.at(-1);
  const focusRow = useCallback(
    (id: string | undefined) => {
      for (const el of content.current?.querySelectorAll<HTMLElement>("[data-message]") ?? []) {
        if (el.dataset.message === id) el.focus({ preventScroll: false });
      }
    },
    [content],
  );
  useImperativeHandle(ref, () => ({ toNewest, focus: (id = stop) => focusRow(id) }), [
    focusRow,
    stop,
    toNewest,
  ]);

  const arrived = useRef(!jumped);
  useEffect(() => {
    if (arrived.current || landOn === null) return;
    arrived.current = true;
    focusRow(landOn);
  }, [focusRow, landOn]);
  const [shining, setShining] = useState(lit ? landOn : null);

  // The window's focus is outside React: what is visible counts as read from then on.
  useEffect(() => {
    window.addEventListener("focus", report);
    document.addEventListener("visibilitychange", report);
    return () => {
      window.removeEventListener("focus", report);
      document.removeEventListener("visibilitychange", report);
    };
  }, [report]);

  /** Keys with Ctrl, on a Mac Command: whether it was one of these. */
  const withModifier = (key: string, at: string): boolean => {
    switch (key.toLowerCase()) {
      case "c":
        if (document.getSelection()?.isCollapsed === false && !selected) return false;
        actions.copy(at);
        return true;
      case "a":
        if (!selected) return false;
        actions.selectAll();
        return true;
      default:
        return false;
    }
  };

  const onKeyDown = (e: KeyboardEvent) => {
    const at = e.target instanceof HTMLElement ? e.target.dataset.message : undefined;
    if (at === undefined || e.altKey) return;
    if (e.ctrlKey || e.metaKey) {
      if (e.shiftKey || !withModifier(e.key, at)) return;
      e.preventDefault();
      return;
    }
    const step = { ArrowUp: -1, ArrowDown: 1 }[e.key];
    switch (e.key) {
      case "ArrowUp":
      case "ArrowDown": {
        const to = neighbour(messages, at, step === 1 ? 1 : -1);
        focusRow(to);
        if (e.shiftKey && to !== undefined) {
          if (!selected) actions.select(at);
          actions.select(to, true);
        }
        break;
      }
      case " ":
        if (!selected) return;
        actions.select(at, e.shiftKey);
        break;
      case "x":
      case "X":
        actions.select(at);
        break;
      case "f":
      case "F":
        actions.forward(at, e.shiftKey);
        break;
      case "End":
        toNewest();
        focusRow(ids.at(-1));
        break;
      case "r":
      case "R":
        actions.reply(at);
        break;
      case "e":
      case "E":
        actions.edit(at);
        break;
      case "o":
      case "O": {
        const message = messages.find((m) => m.id === at);
        if (message?.card) actions.open(at);
        else if (message?.quote && message.quote.kind !== "deleted")
          actions.jump(message.quote.seq);
        break;
      }
      case "a":
      case "A":
        actions.chooseReaction(at);
        break;
      case "p":
      case "P":
        actions.pin(at);
        break;
      case "s":
      case "S":
        actions.star(at);
        break;
      case "d":
      case "D":
        actions.remove(at);
        break;
      case "Delete":
        actions.recall(at);
        break;
      case "Enter":
        if (e.target instanceof HTMLElement) openMenuAt(e.target);
        break;
      default:
        return;
    }
    e.preventDefault();
  };

  const unread = pinned ? 0 : conversation.unread;
  return (
    <div className={styles.frame}>
      <MessageMenu
        messages={messages}
        conversation={conversation}
        peerName={name}
        mod={props.mod}
        actions={actions}
        onRetry={onRetry}
        onDiscard={onDiscard}
      >
        <Scroll
          ref={scroller}
          className={styles.scroller}
          data-region="messages"
          tabIndex={-1}
          onFocus={(e) => e.target === e.currentTarget && focusRow(stop)}
          onScroll={onScroll}
          onKeyDown={onKeyDown}
        >
          <div
            ref={content}
            className={styles.content}
            role="log"
            aria-live="off"
            aria-label={t("chat.messages")}
            onAnimationEnd={() => setShining(null)}
          >
            <HistoryEdge edge="older" snapshot={snapshot} name={name} onLoad={onLoadOlder} />
            {rows.slice(extent.start, extent.end).map((row) => (
              <MessageRow
                key={row.message.id}
                row={row}
                delivery={row.message.mine ? deliveryOf(row.message, conversation) : null}
                peer={conversation.peer}
                peerName={name}
                unsent={row.message.id === ids.at(-1) ? unsent : null}
                current={row.message.id === stop}
                found={row.message.id === landOn ? marks : null}
                lit={row.message.id === shining}
                me={me}
                friend={conversation.friend}
                selected={selected && selected.has(row.message.id)}
                actions={actions}
                onRetry={onRetry}
                onRetryAll={onRetryAll}
                onResize={hold}
                onFocus={setFocused}
              />
            ))}
            <HistoryEdge edge="newer" snapshot={snapshot} name={name} onLoad={onLoadNewer} />
          </div>
        </Scroll>
      </MessageMenu>
      {(!pinned || moreAfter) && (
        <button
          type="button"
          className={styles.jump}
          data-count={unread || undefined}
          onClick={toNewest}
          aria-label={
            unread > 0
              ? `${t("chat.new_count", { count: unread })}. ${t("chat.to_newest")}`
              : t("chat.to_newest")
          }
        >
          <ArrowDown size={18} strokeWidth={1.75} aria-hidden />
          {unread > 0 && t("chat.new_short", { count: unread })}
        </button>
      )}
      <Announcer messages={messages} moreAfter={moreAfter} peerName={name} />
    </div>
  );
}

/** The message before or after one that can be focused. */
function neighbour(messages: MessageListProps["snapshot"]["messages"], id: string, step: 1 | -1) {
  const shown = messages.filter((m) => kindOf(m.kind).shape === "bubble");
  return shown[shown.findIndex((m) => m.id === id) + step]?.id;
}

type AnnouncerProps = Pick<MessageListProps["snapshot"], "messages" | "moreAfter"> & {
  peerName: string;
};

/** Messages kept in the spoken log. */
const spokenKept = 5;

/**
 * Says each message that arrives while the conversation is open, once. The list
 * itself is no live region: rows that are mounted on scrolling are not news.
 */
function Announcer({ messages, moreAfter, peerName }: AnnouncerProps) {
  const { t, formats } = useI18n();
  const newest = () => messages.reduce((max, m) => Math.max(max, m.seq), 0);
  const [since, setSince] = useState(() => ({ moreAfter, seq: newest() }));
  // Who comes back to the newest ones reads them there.
  if (since.moreAfter !== moreAfter) setSince({ moreAfter, seq: newest() });
  const fresh = moreAfter ? [] : messages.filter((m) => !m.mine && m.seq > since.seq);
  return (
    <div className={styles.spoken} aria-live="polite" aria-relevant="additions">
      {fresh.slice(-spokenKept).map((m) => (
        <p key={m.id}>
          {t("message.spoken", {
            name: peerName,
            time: formats.time(m.created_ms),
            text: kindOf(m.kind).words(t, m, peerName),
          })}
        </p>
      ))}
    </div>
  );
}
