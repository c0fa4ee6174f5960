import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { nameOf } from "../../state/contacts";
import { useStore } from "../../state/store";
import { useSubmit } from "../../state/useSubmit";
import { AlertDialog } from "../../ui/AlertDialog";
import { Note } from "../../ui/Note";
import { useToast } from "../../ui/Toast";

/** Asks before a conversation is emptied: for the user alone, or for both. */
export function ClearDialog() {
  const { clearing, conversations } = useApp();
  const { t } = useI18n();
  const toast = useToast();
  const asked = useStore(clearing);
  const submit = useSubmit();
  if (!asked) return null;

  const { conversation, forAll } = asked;
  const name = nameOf({ remark: conversation.remark, profile: conversation.peer });
  const close = () => {
    submit.clear();
    clearing.close();
  };
  const clear = async () => {
    if (!(await submit.run(() => conversations.empty(conversation.id, forAll)))) return;
    close();
    if (!forAll) toast({ text: t("clear.done", { name }) });
  };
  return (
    <AlertDialog
      open
      onOpenChange={close}
      title={t(forAll ? "clear.all_title" : "clear.title", { name })}
      text={t(forAll ? "clear.all_text" : "clear.text", { name })}
      confirm={t(forAll ? "clear.all_confirm" : "clear.confirm")}
      cancel={t("common.cancel")}
      danger
      loading={submit.busy}
      onConfirm={() => void clear()}
    >
      {submit.error && (
        <Note tone="bad" role="alert">
          {errorText(t, submit.error)}
        </Note>
      )}
    </AlertDialog>
  );
}
