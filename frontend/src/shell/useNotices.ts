import { useCallback } from "react";
import type { Notice } from "../bridge/types";
import { useI18n } from "../i18n";
import { useApp } from "../state/app";

/** How a notice is shown where the host lets the page do it. */
export function useNotices(): (notice: Notice) => void {
  const app = useApp();
  const { t } = useI18n();
  return useCallback(
    (notice: Notice) => {
      // Without a title, the user wants no preview.
      const shown = notice.title
        ? notice
        : { ...notice, title: t("notice.hidden_title"), body: t("notice.hidden_body") };
      app.bridge.host.showNotice(shown, () =>
        app.navigation.openConversation(notice.conversation_id),
      );
    },
    [app, t],
  );
}
