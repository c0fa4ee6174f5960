import { BridgeError } from "../../bridge/error";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useToast } from "../../ui/Toast";

/** Begins to export a conversation, and says so or why not. */
export function useExport() {
  const { storage } = useApp();
  const { t, locale } = useI18n();
  const toast = useToast();
  return (conversationId: string) =>
    void storage.startExport(locale, conversationId).then(
      () => toast({ text: t("storage.export_started") }),
      (cause: unknown) => toast({ text: errorText(t, BridgeError.from(cause)), tone: "error" }),
    );
}
