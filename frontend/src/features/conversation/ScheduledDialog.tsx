import { useState } from "react";
import { BellOff, Pencil, SendHorizontal, Trash2 } from "lucide-react";
import { BridgeError } from "../../bridge/error";
import type { Scheduled } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { langOf } from "../../i18n/langOf";
import { useApp } from "../../state/app";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { useToast } from "../../ui/Toast";
import { plain } from "../../ui/markup";
import { RecordCard } from "./kinds/record/RecordCard";
import { ScheduleDialog } from "./ScheduleDialog";
import styles from "./ScheduledDialog.module.css";

type ScheduledDialogProps = {
  /** Those of one conversation, by time. */
  list: readonly Scheduled[];
  /** Whether the user may write there. */
  friend: boolean;
  onClose: () => void;
};

/** The messages of a conversation that are to be sent later, and those that could not be. */
export function ScheduledDialog({ list, friend, onClose }: ScheduledDialogProps) {
  const { scheduled } = useApp();
  const { t, formats } = useI18n();
  const toast = useToast();
  const [edited, setEdited] = useState<string | null>(null);
  const editing = list.find((m) => m.id === edited);
  const run = (work: Promise<unknown>) => {
    work.catch((cause: unknown) =>
      toast({ tone: "error", text: errorText(t, BridgeError.from(cause)) }),
    );
  };
  if (editing) {
    return (
      <ScheduleDialog
        atMs={editing.at_ms}
        text={editing.kind === "text" ? editing.text : null}
        onSave={async (atMs, text) => {
          await scheduled.reschedule(editing.id, atMs, editing.kind === "text" ? text : "");
          setEdited(null);
        }}
        onClose={() => setEdited(null)}
      />
    );
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("later.list_title")}
      closeLabel={t("common.close")}
      width={520}
    >
      {list.length === 0 && <p className={styles.none}>{t("later.none")}</p>}
      <ul className={styles.list}>
        {list.map((m) => (
          <li key={m.id} className={styles.item} data-failed={m.error_code !== "" || undefined}>
            <span className={styles.when}>
              {m.error_code !== ""
                ? t("later.reason", { reason: errorText(t, { code: m.error_code }) })
                : m.at_ms === 0
                  ? t("later.soon")
                  : formats.dateTime(m.at_ms)}
              {m.silent && (
                <span title={t("message.silent")}>
                  <BellOff size={12} role="img" aria-label={t("message.silent")} />
                </span>
              )}
              {m.waiting && m.at_ms !== 0 && (
                <span className={styles.pending}>{t("later.waiting")}</span>
              )}
            </span>
            {m.card ? (
              <RecordCard card={m.card} />
            ) : (
              <span className={styles.text} lang={langOf(m.text)}>
                {(m.kind === "text" ? plain(m.text) : m.text) || t("message.unknown_empty")}
              </span>
            )}
            <span className={styles.acts}>
              <Button icon={Pencil} disabled={!friend} onClick={() => setEdited(m.id)}>
                {t("later.edit")}
              </Button>
              <Button
                icon={SendHorizontal}
                disabled={!friend}
                onClick={() => run(scheduled.reschedule(m.id, 0))}
              >
                {t("later.now")}
              </Button>
              <Button
                variant="dangerSoft"
                icon={Trash2}
                onClick={() => run(scheduled.unschedule(m.id))}
              >
                {t("later.delete")}
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
