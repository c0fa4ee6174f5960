import { useEffect, useEffectEvent } from "react";
import type { Healed } from "../bridge/types";
import { useI18n } from "../i18n";
import { quietly, useApp } from "../state/app";
import { useSelect } from "../state/store";
import { useToast } from "../ui/Toast";

/** Says in one line what was done with data of the account that was damaged. */
export function useHealed() {
  const { storage } = useApp();
  const { t, formats } = useI18n();
  const toast = useToast();
  const at = useSelect(storage, (s) => s?.healed?.at_ms);
  const words = (healed: Healed) => {
    switch (healed.how) {
      case "search":
        return t("storage.healed_search");
      case "copy":
        return t("storage.healed_copy", { when: formats.dateTime(healed.copy_ms) });
      case "fresh":
        return t("storage.healed_fresh");
      default:
        return healed.how satisfies never;
    }
  };
  const show = useEffectEvent(() => {
    const healed = storage.getSnapshot()?.healed;
    if (!healed) return;
    const run = () => quietly(storage.forgetHealed());
    toast({ text: words(healed), lasting: true, action: { label: t("storage.ok"), run } });
  });
  // Toasts live outside React's tree; each mending is told once.
  useEffect(() => {
    if (at) show();
  }, [at]);
}
