import { useState } from "react";
import type { Account } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { serverName } from "../../state/server";
import { useSubmit } from "../../state/useSubmit";
import { AlertDialog } from "../../ui/AlertDialog";
import { Checkbox } from "../../ui/Checkbox";
import { Note } from "../../ui/Note";

type RemoveDialogProps = {
  /** The account to forget; null shows nothing. */
  account: Account | null;
  onClose: () => void;
  onRemoved: (id: string) => void;
};

/** Forgets an account of this machine, and asks what becomes of its local messages. */
export function RemoveDialog({ account, onClose, onRemoved }: RemoveDialogProps) {
  const { auth } = useApp();
  const { t } = useI18n();
  const [deleteData, setDeleteData] = useState(false);
  const submit = useSubmit();
  if (!account) return null;

  const close = () => {
    setDeleteData(false);
    submit.clear();
    onClose();
  };
  const remove = async () => {
    if (!(await submit.run(() => auth.remove(account.id, deleteData)))) return;
    onRemoved(account.id);
    close();
  };
  return (
    <AlertDialog
      open
      onOpenChange={close}
      title={t("remove.title", { name: account.nickname })}
      text={t("remove.text", { server: serverName(account.server) })}
      confirm={t("remove.submit")}
      cancel={t("common.cancel")}
      danger
      loading={submit.busy}
      onConfirm={() => void remove()}
    >
      <Checkbox checked={deleteData} onChange={setDeleteData} hint={t("remove.data_hint")}>
        {t("remove.data")}
      </Checkbox>
      {submit.error && (
        <Note tone="bad" role="alert">
          {errorText(t, submit.error)}
        </Note>
      )}
    </AlertDialog>
  );
}
