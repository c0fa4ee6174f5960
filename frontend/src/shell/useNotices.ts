import { useEffect, useEffectEvent } from "react";
import type { Notice } from "../bridge/types";
import { useI18n } from "../i18n";
import { useApp } from "../state/app";
import { useChime } from "./useChime";

/** Makes notices heard, and shows them where the host lets the page do it. */
export function useNotices() {
  const app = useApp();
  const { t } = useI18n();
  const chime = useChime();
  const show = useEffectEvent((notice: Notice) => {
    chime(notice.conversation_id);
    // Without a title, the user wants no preview.
    const shown = notice.title
      ? notice
      : { ...notice, title: t("notice.hidden_title"), body: t("notice.hidden_body") };
    app.bridge.host.showNotice(shown, () =>
      app.navigation.openConversation(notice.conversation_id),
    );
  });
  // Notices come from outside React.
  useEffect(() => app.notices.listen((notice) => show(notice)), [app]);
}
