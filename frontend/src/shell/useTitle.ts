import { useEffect } from "react";
import { useI18n } from "../i18n";
import { useApp } from "../state/app";
import { useSelect } from "../state/store";

/** The window's title says how many messages are unread. */
export function useTitle() {
  const { conversations } = useApp();
  const { t } = useI18n();
  const count = useSelect(conversations, (s) => s.unread);
  // The title is outside React's root.
  useEffect(() => {
    document.title = count > 0 ? t("app.title_unread", { count }) : t("app.name");
  }, [count, t]);
}
