import type { Settings } from "../../bridge/types";
import { BridgeError } from "../../bridge/error";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useStore } from "../../state/store";
import { useToast } from "../../ui/Toast";

const none: Settings = {
  language: "",
  theme: "",
  accent: "",
  message_size: 0,
  compact: false,
  ctrl_enter: false,
  close_to_background: false,
  notify: false,
  notify_preview: false,
  sound: false,
  link_previews: false,
  list_width: 0,
  recent_emoji: [],
  secrets_told: false,
};

/** The settings and how to change them: at once, with word if they cannot be kept. */
export function useSettings(): [Settings, (patch: Partial<Settings>) => void] {
  const store = useApp().settings;
  const { t } = useI18n();
  const toast = useToast();
  const { settings } = useStore(store);
  const change = (patch: Partial<Settings>) => {
    store.update(patch).catch((cause: unknown) => {
      const why = errorText(t, BridgeError.from(cause));
      toast({ text: `${t("settings.not_kept")} ${why}`, tone: "error" });
    });
  };
  return [settings ?? none, change];
}
