import { useState } from "react";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useSubmit } from "../../state/useSubmit";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/TextField";

type NameDialogProps = {
  title: string;
  hint: string;
  /** What is said of a name that is empty or too long. */
  invalid: string;
  /** Characters that a name may have. */
  most: number;
  name: string;
  /** Keeps a name; a rejection is shown at the field. */
  onSave: (name: string) => Promise<unknown>;
  onClose: () => void;
};

/** Changes a name. */
export function NameDialog(props: NameDialogProps) {
  const { title, hint, invalid, most, name, onSave, onClose } = props;
  const { t } = useI18n();
  const [value, setValue] = useState(name);
  const submit = useSubmit();
  const length = [...value.trim()].length;
  const fits = length >= 1 && length <= most;
  const save = async () => {
    if (!fits) return;
    if (await submit.run(() => onSave(value.trim()))) onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      closeLabel={t("common.close")}
      width={400}
      onSubmit={() => void save()}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" variant="primary" loading={submit.busy}>
            {t("common.save")}
          </Button>
        </>
      }
    >
      <TextField
        label={title}
        hideLabel
        value={value}
        hint={hint}
        error={submit.error ? errorText(t, submit.error) : fits ? undefined : invalid}
        onChange={(e) => {
          setValue(e.target.value);
          submit.clear();
        }}
      />
    </Dialog>
  );
}
