import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { CloudOff } from "lucide-react";
import { BridgeError } from "../../bridge/error";
import type { Conversation, Message } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { quietly, useApp } from "../../state/app";
import { nameOf } from "../../state/contacts";
import { useSelect, useStore } from "../../state/store";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { useToast } from "../../ui/Toast";
import { Composer } from "./Composer";
import type { ComposerHandle } from "./Composer";
import { ConversationHeader } from "./ConversationHeader";
import { ConversationSkeleton } from "./ConversationSkeleton";
import { messageActions } from "./messageActions";
import { MessageDialogs } from "./MessageDialogs";
import type { Opened } from "./MessageDialogs";
import { MessageList } from "./MessageList";
import type { MessageListHandle } from "./MessageList";
import styles from "./OpenConversation.module.css";
import { kindOf } from "./kinds";
import { PinnedBar } from "./PinnedBar";
import { firstUnread } from "./rows";
import { ScheduledBar } from "./ScheduledBar";
import { ScheduledDialog } from "./ScheduledDialog";
import { ScheduleDialog } from "./ScheduleDialog";
import { selectable, Selection } from "./selection";
import { SelectionBar } from "./SelectionBar";
import { useDraft } from "./useDraft";
import { useUnreadLine } from "./useUnreadLine";
import { Writing } from "./writing";

type OpenConversationProps = {
  conversation: Conversation;
  /** The seq to land on; null means the unread line or the newest message. */
  atSeq: number | null;
  /** The words to mark in the message at atSeq. */
  marks: readonly string[];
  /** Stands above the messages. */
  banner: ReactNode;
  /** Stands at the end of the header. */
  menu: ReactNode;
};

/** Where the list lands, and how often it was sent somewhere. */
type Landing = { seq: number | null; times: number };

/** More unread messages than this may begin before the newest page. */
const fewUnread = 40;

/** One conversation: header, messages, composer. Key it by what it opens. */
export function OpenConversation({
  conversation,
  atSeq,
  marks,
  banner,
  menu,
}: OpenConversationProps) {
  const app = useApp();
  const { t, formats } = useI18n();
  const toast = useToast();
  const { id } = conversation;
  const store = app.messages(id);
  const snapshot = useStore(store);
  const offline = useSelect(app.connection, (c) => c.state === "off" || c.state === "connecting");
  const settings = useSelect(app.settings, (s) => s.settings);
  const mac = useSelect(app.settings, (s) => s.about?.platform === "macos");
  const list = useRef<MessageListHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const [writing] = useState(
    () =>
      new Writing(
        ({ text, refSeq }) => {
          const done = app.navigation.getSnapshot().conversationId !== id;
          quietly(app.conversations.saveDraft(id, text, refSeq, done));
        },
        ({ seq, text }) => quietly(app.conversations.saveEdit(id, seq, text)),
      ),
  );
  const [opened] = useState(conversation); // As it was when it was opened.
  const [ready, setReady] = useState(false);
  const fail = useCallback(
    (cause: unknown) => toast({ tone: "error", text: errorText(t, BridgeError.from(cause)) }),
    [t, toast],
  );

  // The messages come from Go: at once where the newest ones are here already.
  useEffect(() => {
    let left = false;
    const kept = store.getSnapshot();
    const coming =
      atSeq !== null
        ? store.openAround(atSeq)
        : opened.unread > fewUnread
          ? store.openAround(opened.read_seq + 1)
          : kept.messages && !kept.moreAfter
            ? Promise.resolve()
            : store.openNewest();
    void coming.then(() => {
      if (!left) setReady(true);
    });
    return () => {
      left = true;
    };
  }, [atSeq, opened, store]);

  // The composer is there while the two are friends.
  useLayoutEffect(() => writing.attach(composer.current));

  // Opening it, again too, puts the caret where one writes. Touch keyboards
  // cover half of the screen: there the user asks for them.
  useEffect(() => {
    const focus = () => {
      if (app.navigation.getSnapshot().conversationId !== id) return;
      if (document.activeElement?.closest("[data-keeps-focus]")) return;
      if (!window.matchMedia("(pointer: coarse)").matches) writing.focus();
    };
    focus();
    return app.navigation.subscribe(focus);
  }, [app, id, writing]);

  useDraft(opened, store, writing);
  const { unreadAfter, clearUnread, onSeen } = useUnreadLine(opened, store);

  const openNewest = useCallback(() => void store.openNewest(), [store]);
  const retry = useCallback((m: string) => void store.retry(m).catch(fail), [fail, store]);
  const retryAll = useCallback(() => void store.retryAll().catch(fail), [fail, store]);
  const discard = useCallback(
    (m: string) => void store.discard(m).then(() => toast({ text: t("message.discarded") }), fail),
    [fail, store, t, toast],
  );

  const { messages } = snapshot;
  const name = nameOf({ remark: conversation.remark, profile: conversation.peer });

  const about = useStore(writing);
  const [shown, setShown] = useState<Opened | null>(null);
  const [later, setLater] = useState<string | null>(null); // A text that is to be sent later.
  const [listing, setListing] = useState(false);
  const everyScheduled = useStore(app.scheduled);
  const scheduled = useMemo(
    () => (everyScheduled ?? []).filter((m) => m.conversation_id === id),
    [everyScheduled, id],
  );
  const failedLater = scheduled.filter((m) => m.error_code !== "").length;
  const [selection] = useState(() => new Selection());
  const selected = useStore(selection);
  // What is selected stays loaded.
  const loadOlder = useCallback(
    () => void store.loadOlder(selection.getSnapshot() !== null),
    [selection, store],
  );
  const loadNewer = useCallback(
    () => void store.loadNewer(selection.getSnapshot() !== null),
    [selection, store],
  );
  const letOlderGo = useCallback(() => store.letOlderGo(), [store]);
  const [landed, setLanded] = useState<Landing>({ seq: atSeq, times: 0 });
  const actions = useMemo(
    () =>
      messageActions({
        app,
        conversationId: id,
        peerName: name,
        store,
        writing,
        selection,
        show: setShown,
        land: (seq) => setLanded(({ times }) => ({ seq, times: times + 1 })),
        toast,
        fail,
        t,
        formats,
      }),
    [app, fail, formats, id, name, selection, store, t, toast, writing],
  );
  const subject = messages?.find((m) => m.id === about?.message?.id) ?? about?.message;
  const context = about && {
    title:
      about.kind === "edit"
        ? t("composer.editing")
        : subject?.mine
          ? t("composer.reply_self")
          : t("composer.reply_to", { name }),
    text: subject ? kindOf(subject.kind).words(t, subject, name) : t("quote.not_here"),
    closeLabel: about.kind === "edit" ? t("composer.edit_cancel") : t("composer.reply_cancel"),
    apart: about.kind === "edit",
    onClose: () => writing.close(),
  };

  const editLast = () => {
    if (snapshot.moreAfter) return false; // The last one is not among these.
    const now = Date.now();
    const last = messages?.filter((m) => m.mine && m.edit_until_ms > now).at(-1);
    if (last) actions.edit(last.id);
    return last !== undefined;
  };

  const saveEdit = async (message: Message, text: string) => {
    try {
      await store.edit(message.id, text);
    } catch (cause) {
      writing.putBack(text);
      fail(cause);
    }
  };

  const send = async (text: string, silent: boolean) => {
    writing.sent();
    if (about?.kind === "edit") return saveEdit(about.message, text);
    const refSeq = about?.seq ?? 0;
    clearUnread();
    quietly(app.conversations.saveDraft(id, "", 0, true));
    try {
      if (store.getSnapshot().moreAfter) await store.openNewest();
      list.current?.toNewest();
      await store.send(text, refSeq, silent);
    } catch (cause) {
      writing.putBack(text);
      if (about) writing.begin(about.seq, about.message);
      const reason = errorText(t, BridgeError.from(cause));
      toast({ tone: "error", text: t("composer.send_failed", { reason }) });
    }
  };

  const mod = mac ? "⌘" : "Ctrl";
  const chosen = selected
    ? (messages ?? []).filter((m) => selectable(m) && selected.has(m.id))
    : [];
  const endSelecting = useCallback(() => {
    selection.end();
    list.current?.focus();
  }, [selection]);

  const landing =
    landed.seq !== null
      ? messages?.find((m) => m.seq >= (landed.seq ?? 0))
      : messages?.[firstUnread(messages, { fromStart: !snapshot.moreBefore, unreadAfter })];

  /** Typing anywhere in the conversation goes to the composer. */
  const onKeyDown = (e: KeyboardEvent) => {
    if (
      e.defaultPrevented ||
      e.key.length !== 1 ||
      e.key === " " ||
      e.ctrlKey ||
      e.metaKey ||
      e.altKey
    )
      return;
    if (e.target instanceof HTMLElement && e.target.dataset.message !== undefined) {
      writing.focus();
    }
  };

  return (
    <div className={styles.conversation} onKeyDown={onKeyDown}>
      <ConversationHeader conversation={conversation} menu={menu} />
      {banner}
      <PinnedBar conversation={conversation} store={store} peerName={name} actions={actions} />
      {ready && messages ? (
        <MessageList
          key={landed.times}
          ref={list}
          conversation={conversation}
          snapshot={{ ...snapshot, messages }}
          unreadAfter={unreadAfter}
          landOn={landing?.id ?? null}
          marks={atSeq === null || landed.times > 0 ? null : marks}
          jumped={landed.times > 0}
          lit={landed.seq !== null && landing?.seq === landed.seq}
          selected={selected}
          mod={mod}
          actions={actions}
          onLoadOlder={loadOlder}
          onLoadNewer={loadNewer}
          onLetOlderGo={letOlderGo}
          onOpenNewest={openNewest}
          onSeen={onSeen}
          onRetry={retry}
          onRetryAll={retryAll}
          onDiscard={discard}
        />
      ) : ready && snapshot.error ? (
        <EmptyState
          icon={CloudOff}
          tone="bad"
          title={t("chat.open_failed")}
          text={errorText(t, snapshot.error)}
          actions={
            <Button variant="primary" onClick={() => void store.openNewest()}>
              {t("chat.load_again")}
            </Button>
          }
        />
      ) : (
        <ConversationSkeleton />
      )}
      {selected && (
        <SelectionBar
          count={chosen.length}
          onForward={() => actions.forward("")}
          starred={chosen.every((m) => m.starred_ms > 0 || m.seq === 0)}
          onStar={() => actions.star("")}
          onRemove={() => actions.remove("")}
          onMerge={() => actions.forward("", true)}
          onCopy={() => actions.copy("")}
          onEnd={endSelecting}
        />
      )}
      <div className={styles.writing} hidden={selected !== null}>
        <ScheduledBar
          waiting={scheduled.length - failedLater}
          failed={failedLater}
          onOpen={() => setListing(true)}
        />
        {conversation.friend ? (
          <Composer
            ref={composer}
            name={name}
            draft={opened.draft}
            ctrlEnter={settings?.ctrl_enter ?? false}
            mod={mod}
            offline={offline}
            context={context ?? null}
            onSend={(text, silent) => void send(text, silent)}
            onLater={setLater}
            onEditLast={editLast}
            onDraft={(text) => writing.keep(text)}
            onTyping={(on) => store.setTyping(on)}
          />
        ) : (
          <div className={styles.closed}>
            <span>{t("composer.not_friend", { name })}</span>
            <Button
              variant="outline"
              onClick={() =>
                app.navigation.openContacts({ kind: "person", userId: conversation.peer.id })
              }
            >
              {t("composer.add_again")}
            </Button>
          </div>
        )}
      </div>
      <MessageDialogs
        opened={shown}
        conversation={conversation}
        store={store}
        onReact={actions.react}
        onActed={() => selected && endSelecting()}
        onClose={() => setShown(null)}
      />
      {later !== null && (
        <ScheduleDialog
          atMs={null}
          text={null}
          onSave={async (atMs) => {
            await app.scheduled.schedule(id, {
              text: later,
              refSeq: writing.refSeq(),
              silent: false,
              atMs,
            });
            composer.current?.take();
            writing.sent();
            quietly(app.conversations.saveDraft(id, "", 0, true));
            setLater(null);
            toast({ text: t("later.when", { when: formats.dateTime(atMs) }) });
          }}
          onClose={() => setLater(null)}
        />
      )}
      {listing && (
        <ScheduledDialog
          list={scheduled}
          friend={conversation.friend}
          onClose={() => setListing(false)}
        />
      )}
    </div>
  );
}
