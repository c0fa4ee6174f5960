import { useState } from "react";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useStore } from "../../state/store";
import { useSubmit } from "../../state/useSubmit";
import { AlertDialog } from "../../ui/AlertDialog";
import { Checkbox } from "../../ui/Checkbox";
import { Note } from "../../ui/Note";

type SignOutDialogProps = { open: boolean; onOpenChange: (open: boolean) => void };

/** Ends this device's session, and asks what becomes of the local messages. */
export function SignOutDialog({ open, onOpenChange }: SignOutDialogProps) {
  const app = useApp();
  const { t } = useI18n();
  useStore(app.auth);
  const me = useStore(app.profile);
  const connection = useStore(app.connection);
  const [deleteData, setDeleteData] = useState(false);
  const submit = useSubmit();
  const account = app.auth.account;
  if (!account) return null;

  const name = me?.profile.nickname ?? account.nickname;
  return (
    <AlertDialog
      open={open}
      onOpenChange={(o) => {
        submit.clear();
        setDeleteData(false);
        onOpenChange(o);
      }}
      title={t("settings.sign_out_title", { name })}
      text={t("settings.sign_out_text", { name })}
      confirm={t("settings.sign_out")}
      cancel={t("common.cancel")}
      danger
      loading={submit.busy}
      onConfirm={() => void submit.run(() => app.auth.leave(true, deleteData))}
    >
      <Checkbox
        checked={deleteData}
        onChange={setDeleteData}
        hint={t("settings.sign_out_data_hint")}
      >
        {t("settings.sign_out_data")}
      </Checkbox>
      {connection.state === "off" && <Note>{t("settings.sign_out_offline")}</Note>}
      {submit.error && (
        <Note tone="bad" role="alert">
          {errorText(t, submit.error)}
        </Note>
      )}
    </AlertDialog>
  );
}
