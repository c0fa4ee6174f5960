import { useI18n } from "../../i18n";
import { Note } from "../../ui/Note";
import { TextField } from "../../ui/TextField";
import styles from "./AskField.module.css";
import type { Ask } from "./useAsk";
import { maxMessage } from "./useAsk";

type AskFieldProps = { ask: Ask; name: string };

/** The message that goes with a friend request, and why the last one was refused. */
export function AskField({ ask, name }: AskFieldProps) {
  const { t } = useI18n();
  const left = maxMessage - Array.from(ask.message).length;
  return (
    <div className={styles.ask}>
      <TextField
        label={t("add.message", { name })}
        size="sm"
        value={ask.message}
        onChange={(e) => ask.setMessage(e.target.value)}
        hint={left <= 20 ? t("add.message_left", { count: left }) : undefined}
        autoComplete="off"
      />
      {ask.error !== null && (
        <Note tone="bad" role="alert">
          {ask.error}
        </Note>
      )}
    </div>
  );
}
