import { useState } from "react";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useSubmit } from "../../state/useSubmit";
import { Button } from "../../ui/Button";
import { Checkbox } from "../../ui/Checkbox";
import { Dialog } from "../../ui/Dialog";
import { Note } from "../../ui/Note";
import { PasswordField } from "../../ui/PasswordField";
import { useToast } from "../../ui/Toast";
import styles from "./PasswordDialog.module.css";

type PasswordDialogProps = { onClose: () => void };

/** Replaces the password, and signs other devices out where the user wants that. */
export function PasswordDialog({ onClose }: PasswordDialogProps) {
  const { bridge } = useApp();
  const { t } = useI18n();
  const toast = useToast();
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [endOthers, setEndOthers] = useState(true);
  const [tried, setTried] = useState(false);
  const submit = useSubmit();

  const length = [...next].length;
  const fits = length >= 8 && length <= 128;
  const same = next === again;
  const code = submit.error?.code;
  const field = submit.error?.field;
  // A wrong present password and a field the server names belong to their fields.
  const oldWrong = code === "bad_credentials" || (code === "invalid" && field === "old");
  const newWrong = code === "invalid" && (field === "new" || field === "password");
  const elsewhere = submit.error && !oldWrong && !newWrong && submit.wait === 0;

  const save = async () => {
    setTried(true);
    if (!old || !fits || !same || submit.wait > 0) return;
    const request = { old, new: next, end_others: endOthers };
    if (await submit.run(() => bridge.call("Settings", "ChangePassword", request))) {
      toast({ text: t("settings.password_changed") });
      onClose();
    }
  };
  const words = { showLabel: t("common.show_password"), hideLabelText: t("common.hide_password") };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("settings.password_title")}
      closeLabel={t("common.close")}
      width={420}
      onSubmit={() => void save()}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" variant="primary" loading={submit.busy} disabled={submit.wait > 0}>
            {submit.wait > 0
              ? t("signin.throttled", { count: submit.wait })
              : t("settings.password_submit")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <PasswordField
          label={t("settings.password_old")}
          autoComplete="current-password"
          value={old}
          error={
            oldWrong
              ? t("error.invalid.old")
              : tried && !old
                ? t("signin.need_password")
                : undefined
          }
          onChange={(e) => {
            setOld(e.target.value);
            submit.clear();
          }}
          {...words}
        />
        <PasswordField
          label={t("settings.password_new")}
          autoComplete="new-password"
          hint={t("register.password_hint")}
          value={next}
          error={newWrong || (tried && !fits) ? t("error.invalid.new") : undefined}
          onChange={(e) => {
            setNext(e.target.value);
            submit.clear();
          }}
          {...words}
        />
        <PasswordField
          label={t("settings.password_again")}
          autoComplete="new-password"
          value={again}
          error={
            (tried || again.length >= next.length) && again && !same
              ? t("register.confirm_differs")
              : tried && !again
                ? t("register.confirm_differs")
                : undefined
          }
          onChange={(e) => setAgain(e.target.value)}
          {...words}
        />
        <Checkbox
          checked={endOthers}
          onChange={setEndOthers}
          hint={t("settings.password_end_others_hint")}
        >
          {t("settings.password_end_others")}
        </Checkbox>
        {elsewhere && (
          <Note tone="bad" role="alert">
            {errorText(t, submit.error ?? { code: "internal" })}
          </Note>
        )}
      </div>
    </Dialog>
  );
}
