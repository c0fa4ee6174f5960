import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useStore } from "../../state/store";
import { Note } from "../../ui/Note";
import styles from "./Notes.module.css";

type ClosedNoteProps = {
  /** The large picture follows it. */
  tall: boolean;
};

/** Why an account closed by itself. */
export function ClosedNote({ tall }: ClosedNoteProps) {
  const { auth } = useApp();
  const { t } = useI18n();
  const { reason } = useStore(auth);
  if (reason !== "disabled" && reason !== "signed_out") return null;
  return (
    <div className={styles.closed} data-tall={tall || undefined}>
      <Note tone="warn" role="alert">
        {t(reason === "disabled" ? "closed.disabled" : "closed.signed_out")}
      </Note>
    </div>
  );
}
