import { useEffect, useEffectEvent } from "react";
import type { Scheduled } from "../bridge/types";
import { useI18n } from "../i18n";
import { useApp } from "../state/app";
import { nameOf } from "../state/contacts";
import { useToast } from "../ui/Toast";

/** Says that a message which was to be sent later was not, wherever the user is. */
export function useFailedSchedules() {
  const app = useApp();
  const { t } = useI18n();
  const toast = useToast();
  const show = useEffectEvent(({ conversation_id }: Scheduled) => {
    // The open conversation says so itself.
    if (app.navigation.getSnapshot().conversationId === conversation_id) return;
    const c = app.conversations.getSnapshot().byId.get(conversation_id);
    toast({
      tone: "error",
      text: t("later.failed_now", {
        name: c ? nameOf({ remark: c.remark, profile: c.peer }) : "",
      }),
      lasting: true,
      action: {
        label: t("later.show"),
        run: () => app.navigation.openConversation(conversation_id),
      },
    });
  });
  // They are told from outside React.
  useEffect(() => app.scheduled.failures.listen((m) => show(m)), [app]);
}
