import type { Device } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { NameDialog } from "./NameDialog";

type DeviceNameDialogProps = { device: Device; onClose: () => void };

/** Changes the name by which the user knows a device. */
export function DeviceNameDialog({ device, onClose }: DeviceNameDialogProps) {
  const { devices } = useApp();
  const { t } = useI18n();
  return (
    <NameDialog
      title={t("settings.device_name_title")}
      hint={t("settings.device_name_hint")}
      invalid={t("settings.device_name_invalid")}
      most={64}
      name={device.name}
      onSave={(name) => devices.rename(device.id, name)}
      onClose={onClose}
    />
  );
}
