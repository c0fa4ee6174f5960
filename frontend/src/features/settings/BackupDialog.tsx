import { useState } from "react";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useSubmit } from "../../state/useSubmit";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Note } from "../../ui/Note";
import { PasswordField } from "../../ui/PasswordField";
import { StrengthBar } from "../../ui/StrengthBar";
import styles from "./PasswordDialog.module.css";

type BackupDialogProps = { onClose: () => void };

/** The fewest characters of a passphrase, as the engine has it. */
const least = 8;

/** Asks for the passphrase of a backup, twice, and begins to make it. */
export function BackupDialog({ onClose }: BackupDialogProps) {
  const { storage } = useApp();
  const { t } = useI18n();
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const submit = useSubmit();
  const short = [...passphrase].length < least;
  const differs = passphrase !== again;
  const begin = async () => {
    setTried(true);
    if (short || differs) return;
    if (await submit.run(() => storage.startBackup(passphrase))) onClose();
  };
  const words = { showLabel: t("common.show_password"), hideLabelText: t("common.hide_password") };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("storage.backup_title")}
      description={t("storage.backup_text")}
      closeLabel={t("common.close")}
      width={440}
      onSubmit={() => void begin()}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" variant="primary" loading={submit.busy}>
            {t("storage.backup_submit")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <div>
          <PasswordField
            label={t("storage.passphrase")}
            autoComplete="new-password"
            value={passphrase}
            hint={passphrase ? undefined : t("storage.passphrase_hint")}
            error={
              (tried && short) || submit.error?.field === "passphrase"
                ? t("error.invalid.passphrase")
                : undefined
            }
            onChange={(e) => {
              setPassphrase(e.target.value);
              submit.clear();
            }}
            {...words}
          />
          {passphrase && (
            <StrengthBar
              password={passphrase}
              words={{
                weak: t(short ? "storage.passphrase_short" : "storage.passphrase_weak"),
                fair: t("storage.passphrase_fair"),
                strong: t("storage.passphrase_strong"),
              }}
            />
          )}
        </div>
        <PasswordField
          label={t("storage.passphrase_again")}
          autoComplete="new-password"
          value={again}
          error={
            differs && (tried || (again !== "" && again.length >= passphrase.length))
              ? t("storage.passphrase_differs")
              : undefined
          }
          onChange={(e) => setAgain(e.target.value)}
          {...words}
        />
        <Note tone="warn">{t("storage.backup_warning")}</Note>
        {submit.error && submit.error.field !== "passphrase" && (
          <Note tone="bad" role="alert">
            {errorText(t, submit.error)}
          </Note>
        )}
      </div>
    </Dialog>
  );
}
