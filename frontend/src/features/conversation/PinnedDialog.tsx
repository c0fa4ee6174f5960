import { PinOff } from "lucide-react";
import type { Message } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { langOf } from "../../i18n/langOf";
import { Dialog } from "../../ui/Dialog";
import { IconButton } from "../../ui/IconButton";
import type { MessageActions } from "./actions";
import { kindOf } from "./kinds";
import styles from "./PinnedDialog.module.css";

type PinnedDialogProps = {
  /** Those that are here, oldest first. */
  messages: readonly Message[];
  /** How many there are, here or not. */
  count: number;
  /** Whether the user may take one off. */
  mayChange: boolean;
  peerName: string;
  actions: MessageActions;
  onClose: () => void;
};

/** All pinned messages, the newest first. */
export function PinnedDialog(props: PinnedDialogProps) {
  const { messages, count, mayChange, peerName, actions, onClose } = props;
  const { t, formats } = useI18n();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("pin.region")}
      closeLabel={t("common.close")}
    >
      <ol className={styles.list}>
        {[...messages].reverse().map((m) => {
          const words = kindOf(m.kind).words(t, m, peerName);
          return (
            <li key={m.id} className={styles.item}>
              <button
                type="button"
                className={styles.message}
                title={t("pin.show")}
                onClick={() => {
                  onClose();
                  actions.jump(m.seq);
                }}
              >
                <span className={styles.head}>
                  <span className={styles.name}>{m.mine ? t("message.you") : peerName}</span>
                  <time dateTime={new Date(m.created_ms).toISOString()}>
                    {formats.dateTime(m.created_ms)}
                  </time>
                </span>
                <span className={styles.text} lang={langOf(words)}>
                  {words}
                </span>
              </button>
              {mayChange && (
                <IconButton
                  icon={PinOff}
                  size="sm"
                  label={t("pin.off")}
                  onClick={() => {
                    if (count === 1) onClose();
                    actions.pin(m.id, false);
                  }}
                />
              )}
            </li>
          );
        })}
      </ol>
      {messages.length < count && <p className={styles.note}>{t("pin.not_here")}</p>}
    </Dialog>
  );
}
