import { useEffect, useEffectEvent } from "react";
import type { Device } from "../bridge/types";
import { useI18n } from "../i18n";
import { useApp } from "../state/app";
import { useToast } from "../ui/Toast";

/** Says that the account signed in elsewhere, with the way to undo that. */
export function useSignIns() {
  const app = useApp();
  const { t } = useI18n();
  const toast = useToast();
  const show = useEffectEvent((device: Device) =>
    toast({
      text: t("shell.signed_in_elsewhere", { name: device.name }),
      lasting: true,
      action: { label: t("shell.check"), run: () => app.navigation.openSettings("account") },
    }),
  );
  // Sign-ins are told from outside React.
  useEffect(() => app.signIns.listen((device) => show(device)), [app]);
}
