import { useEffect, useEffectEvent } from "react";
import type { Notice } from "../bridge/types";
import { useI18n } from "../i18n";
import { useApp } from "../state/app";

/** Shows notices where the host lets the page do it. */
export function useNotices() {
  const app = useApp();
  const { t } = useI18n();
  const show = useEffectEvent((notice: Notice) => {
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
