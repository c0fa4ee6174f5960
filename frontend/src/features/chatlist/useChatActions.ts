import { useCallback } from "react";
import { BridgeError } from "../../bridge/error";
import type { Conversation } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { nameOf } from "../../state/contacts";
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
      const fail = (cause: unknown) =>
        toast({ tone: "error", text: errorText(t, BridgeError.from(cause)) });
      const open = app.navigation.getSnapshot().conversationId === c.id;
      const undo = (was: "hide" | "archive") =>
        app.conversations
          .update(c.id, was === "hide" ? { hidden: false } : { archived: false })
          .then(() => {
            // It had closed what was being read; nothing else has taken its place since.
            if (open && app.navigation.getSnapshot().conversationId === null) {
              app.navigation.openConversation(c.id);
            }
          }, fail);
      perform(app, c, action).then(() => {
        if (action !== "hide" && action !== "archive") return;
        const name = nameOf({ remark: c.remark, profile: c.peer });
        toast({
          text: t(action === "hide" ? "list.hidden_now" : "list.archived_now", { name }),
          action: { label: t("list.undo"), run: () => void undo(action) },
        });
      }, fail);
    },
    [app, t, toast],
  );
}
