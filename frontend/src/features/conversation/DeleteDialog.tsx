import type { Message } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import type { MessagesStore } from "../../state/messages";
import { useSubmit } from "../../state/useSubmit";
import { AlertDialog } from "../../ui/AlertDialog";
import { Note } from "../../ui/Note";
import { useToast } from "../../ui/Toast";

type DeleteDialogProps = {
  messages: readonly Message[];
  store: MessagesStore;
  onClose: () => void;
  onDone: () => void;
};

/** Asks before messages are deleted for the user alone. */
export function DeleteDialog({ messages, store, onClose, onDone }: DeleteDialogProps) {
  const { t } = useI18n();
  const toast = useToast();
  const submit = useSubmit();
  const count = messages.length;
  const remove = async () => {
    const ids = messages.map((m) => m.id);
    if (!(await submit.run(() => store.deleteForMe(ids)))) return;
    onDone();
    toast({ text: t("delete.done", { count }) });
  };
  return (
    <AlertDialog
      open
      onOpenChange={onClose}
      title={t("delete.title", { count })}
      text={t(messages.some((m) => m.mine) ? "delete.text_mine" : "delete.text")}
      confirm={t("delete.confirm")}
      cancel={t("common.cancel")}
      danger
      loading={submit.busy}
      onConfirm={() => void remove()}
    >
      {submit.error && (
        <Note tone="bad" role="alert">
          {errorText(t, submit.error)}
        </Note>
      )}
    </AlertDialog>
  );
}
