import { useCallback } from "react";
import { BridgeError } from "../../bridge/error";
import type { Conversation } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useToast } from "../../ui/Toast";
import { perform } from "./chatActions";
import type { ChatAction } from "./chatActions";

/** Does what a menu or a key asks of a conversation, and says where it went. */
export function useChatActions() {
  const app = useApp();
  const { t } = useI18n();
  const toast = useToast();
  return useCallback(
    (c: Conversation, action: ChatAction) => {
      perform(app, c, action).then(
        () => {
          if (action === "hide") toast({ text: t("list.hidden_now") });
          if (action === "archive") toast({ text: t("list.archived_now") });
        },
        (cause: unknown) => toast({ tone: "error", text: errorText(t, BridgeError.from(cause)) }),
      );
    },
    [app, t, toast],
  );
}
