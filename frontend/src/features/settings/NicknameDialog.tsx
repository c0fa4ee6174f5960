import { useState } from "react";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useSubmit } from "../../state/useSubmit";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/TextField";

type NicknameDialogProps = { nickname: string; onClose: () => void };

/** Changes the name that friends see. */
export function NicknameDialog({ nickname, onClose }: NicknameDialogProps) {
  const { profile } = useApp();
  const { t } = useI18n();
  const [value, setValue] = useState(nickname);
  const submit = useSubmit();
  const length = [...value.trim()].length;
  const fits = length >= 1 && length <= 32;
  const save = async () => {
    if (!fits) return;
    if (await submit.run(() => profile.update({ nickname: value.trim() }))) onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("settings.nickname_title")}
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
        label={t("settings.nickname_title")}
        hideLabel
        value={value}
        hint={t("settings.nickname_hint")}
        error={
          submit.error ? errorText(t, submit.error) : fits ? undefined : t("error.invalid.nickname")
        }
        onChange={(e) => {
          setValue(e.target.value);
          submit.clear();
        }}
      />
    </Dialog>
  );
}
