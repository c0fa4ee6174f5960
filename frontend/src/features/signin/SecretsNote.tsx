import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useSelect, useStore } from "../../state/store";
import { Button } from "../../ui/Button";
import { Note } from "../../ui/Note";
import styles from "./Notes.module.css";

/** Says once where secrets lie on a system that has no keyring. */
export function SecretsNote() {
  const { auth, settings } = useApp();
  const { t } = useI18n();
  const { state } = useStore(auth);
  const told = useSelect(settings, (s) => s.settings?.secrets_told);
  if (!state?.secrets_in_file || told) return null;
  return (
    <div className={styles.secrets}>
      <Note tone="info">
        {t("signin.secrets_in_file")}
        <div className={styles.button}>
          <Button
            size="sm"
            variant="soft"
            // Not kept, it shows again, which does no harm.
            onClick={() => void settings.update({ secrets_told: true }).catch(() => undefined)}
          >
            {t("common.got_it")}
          </Button>
        </div>
      </Note>
    </div>
  );
}
