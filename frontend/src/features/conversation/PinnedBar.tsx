import { useState } from "react";
import { List, Pin } from "lucide-react";
import type { Conversation } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { langOf } from "../../i18n/langOf";
import type { MessagesStore } from "../../state/messages";
import { IconButton } from "../../ui/IconButton";
import type { MessageActions } from "./actions";
import { kindOf } from "./kinds";
import styles from "./PinnedBar.module.css";
import { PinnedDialog } from "./PinnedDialog";
import { usePinned } from "./usePinned";

type PinnedBarProps = {
  conversation: Conversation;
  store: MessagesStore;
  peerName: string;
  actions: MessageActions;
};

/**
 * The pinned messages above a conversation, one at a time: the newest first. A
 * click shows it in its place and goes on to the one before.
 */
export function PinnedBar({ conversation, store, peerName, actions }: PinnedBarProps) {
  const { t } = useI18n();
  const { pins } = conversation;
  const messages = usePinned(conversation, store);
  const [at, setAt] = useState<number | null>(null); // A seq; null is the newest.
  const [all, setAll] = useState(false);
  const index = at !== null && pins.includes(at) ? pins.indexOf(at) : pins.length - 1;
  const seq = pins[index];
  if (seq === undefined) return null;
  const message = messages.find((m) => m.seq === seq);
  const words = message ? kindOf(message.kind).words(t, message, peerName) : t("quote.not_here");
  const title =
    pins.length === 1 ? t("pin.one") : t("pin.nth", { index: index + 1, count: pins.length });
  return (
    <section className={styles.bar} aria-label={t("pin.region")}>
      <button
        type="button"
        className={styles.message}
        title={t("pin.show")}
        onClick={() => {
          actions.jump(seq);
          setAt(pins[index - 1] ?? null);
        }}
      >
        <Pin size={16} strokeWidth={1.75} aria-hidden />
        <span className={styles.words}>
          <span className={styles.title}>{title}</span>
          <span className={styles.text} lang={langOf(words)}>
            {words}
          </span>
        </span>
      </button>
      <IconButton icon={List} label={t("pin.all")} onClick={() => setAll(true)} />
      {all && (
        <PinnedDialog
          messages={messages}
          count={pins.length}
          mayChange={conversation.friend}
          peerName={peerName}
          actions={actions}
          onClose={() => setAll(false)}
        />
      )}
    </section>
  );
}
