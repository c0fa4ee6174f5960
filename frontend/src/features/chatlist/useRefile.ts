import { useCallback } from "react";
import { BridgeError } from "../../bridge/error";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useToast } from "../../ui/Toast";

/** Puts a conversation into a folder or takes it out, and says if that fails. */
export function useRefile() {
  const { conversations } = useApp();
  const { t } = useI18n();
  const toast = useToast();
  return useCallback(
    (conversationId: string, folderId: string, on: boolean) => {
      conversations
        .update(conversationId, on ? { join: folderId } : { leave: folderId })
        .catch((cause: unknown) =>
          toast({ tone: "error", text: errorText(t, BridgeError.from(cause)) }),
        );
    },
    [conversations, t, toast],
  );
}
