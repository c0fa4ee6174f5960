import { useState } from "react";
import type { Device } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useSubmit } from "../../state/useSubmit";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/TextField";

type DeviceNameDialogProps = { device: Device; onClose: () => void };

/** Changes the name by which the user knows a device. */
export function DeviceNameDialog({ device, onClose }: DeviceNameDialogProps) {
  const { devices } = useApp();
  const { t } = useI18n();
  const [value, setValue] = useState(device.name);
  const submit = useSubmit();
  const length = [...value.trim()].length;
  const fits = length >= 1 && length <= 64;
  const save = async () => {
    if (!fits) return;
    if (await submit.run(() => devices.rename(device.id, value.trim()))) onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("settings.device_name_title")}
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
        label={t("settings.device_name_title")}
        hideLabel
        value={value}
        hint={t("settings.device_name_hint")}
        error={
          submit.error
            ? errorText(t, submit.error)
            : fits
              ? undefined
              : t("settings.device_name_invalid")
        }
        onChange={(e) => {
          setValue(e.target.value);
          submit.clear();
        }}
      />
    </Dialog>
  );
}
