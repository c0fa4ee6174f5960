import { useState } from "react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useStore } from "../../state/store";
import { Button } from "../../ui/Button";
import { Note } from "../../ui/Note";
import styles from "./Notes.module.css";

const key = "secrets-note";

/** Says once where secrets lie on a system that has no keyring. */
export function SecretsNote() {
  const { auth } = useApp();
  const { t } = useI18n();
  const { state } = useStore(auth);
  const [read, setRead] = useState(wasRead);
  if (!state?.secrets_in_file || read) return null;
  return (
    <div className={styles.secrets}>
      <Note tone="info">
        {t("signin.secrets_in_file")}
        <div className={styles.button}>
          <Button
            size="sm"
            variant="soft"
            onClick={() => {
              setRead(true);
              markRead();
            }}
          >
            {t("common.got_it")}
          </Button>
        </div>
      </Note>
    </div>
  );
}

function wasRead(): boolean {
  try {
    return localStorage.getItem(key) === "read";
  } catch {
    return false; // Storage is denied: it shows again, which does no harm.
  }
}

function markRead() {
  try {
    localStorage.setItem(key, "read");
  } catch {
    // As above.
  }
}
