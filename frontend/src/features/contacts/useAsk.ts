import { useState } from "react";
import { BridgeError } from "../../bridge/error";
import type { Asked, Profile } from "../../bridge/types";
import { useI18n } from "../../i18n";
import type { T } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useStore } from "../../state/store";
import { useToast } from "../../ui/Toast";
import { daysUntil } from "./requests";

/** Longest message of a request, in code points, as protocol.MaxRequestMessage says. */
export const maxMessage = 100;

export type Ask = {
  message: string;
  setMessage: (message: string) => void;
  /** What went wrong, in words; null when nothing did. */
  error: string | null;
  busy: boolean;
  /** Sends the request; what it led to, or null when it was refused. */
  send: (to: Profile) => Promise<Asked | null>;
  clear: () => void;
};

/** Asking somebody to be friends. */
export function useAsk(): Ask {
  const app = useApp();
  const { t } = useI18n();
  const toast = useToast();
  const me = useStore(app.profile)?.profile.nickname;
  const [typed, setTyped] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const message = typed ?? (me === undefined ? "" : t("add.message_default", { name: me }));
  return {
    message,
    setMessage: (next) => setTyped(Array.from(next).slice(0, maxMessage).join("")),
    error,
    busy,
    clear: () => setError(null),
    async send(to) {
      if (busy) return null;
      setBusy(true);
      setError(null);
      try {
        const asked = await app.contacts.ask(to.id, message.trim());
        const name = to.nickname;
        toast({ text: asked.contact ? t("add.friends_now", { name }) : t("add.sent", { name }) });
        return asked;
      } catch (cause) {
        setError(askError(t, BridgeError.from(cause), to.nickname));
        return null;
      } finally {
        setBusy(false);
      }
    },
  };
}

/** Why a request was refused, naming the person and, where it is known, the days to wait. */
export function askError(
  t: T,
  e: Pick<BridgeError, "code" | "field" | "retryAfterMs">,
  name: string,
) {
  switch (e.code) {
    case "asked_recently":
      if (e.retryAfterMs === 0) return errorText(t, e);
      return t("add.asked_recently", { name, count: daysUntil(e.retryAfterMs) });
    case "pending":
      return t("add.pending", { name });
    case "self":
      return t("add.self_error");
    case "not_found":
      return t("add.gone");
    default:
      return errorText(t, e);
  }
}
