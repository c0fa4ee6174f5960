import { useEffect, useState } from "react";
import { BridgeError } from "../../bridge/error";
import type { Message, Version } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { langOf } from "../../i18n/langOf";
import type { MessagesStore } from "../../state/messages";
import { Dialog } from "../../ui/Dialog";
import styles from "./VersionsDialog.module.css";

type VersionsDialogProps = {
  store: MessagesStore;
  message: Message;
  onClose: () => void;
};

/** All that a text ever said, the present words first. */
export function VersionsDialog({ store, message, onClose }: VersionsDialogProps) {
  const { t, formats } = useI18n();
  const [versions, setVersions] = useState<readonly Version[]>([]);
  const [error, setError] = useState<BridgeError | null>(null);
  // They come from Go, and again when the message changes meanwhile.
  useEffect(() => {
    let left = false;
    store.versions(message.seq).then(
      (got) => !left && setVersions([...got].reverse()),
      (cause: unknown) => !left && setError(BridgeError.from(cause)),
    );
    return () => {
      left = true;
    };
  }, [message.seq, store]);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("versions.title")}
      closeLabel={t("common.close")}
    >
      {error && <p>{errorText(t, error)}</p>}
      <ol className={styles.list}>
        {versions.map((v, i) => (
          <li key={versions.length - i} className={styles.version}>
            <time className={styles.time} dateTime={new Date(v.since_ms).toISOString()}>
              {formats.dateTime(v.since_ms)}
            </time>
            <span className={styles.text} lang={langOf(v.text)}>
              {v.text}
            </span>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
