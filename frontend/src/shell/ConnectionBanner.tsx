import { WifiOff } from "lucide-react";
import { errorText } from "../i18n/errors";
import { useI18n } from "../i18n";
import { useApp } from "../state/app";
import { serverName } from "../state/server";
import { useStore } from "../state/store";
import { useCountdown } from "../state/useCountdown";
import { Banner } from "../ui/Banner";
import { Button } from "../ui/Button";

/** Reasons that waiting does not mend: the user has to do something. */
const lasting = new Set([
  "certificate_changed",
  "certificate_expired",
  "certificate_unknown",
  "version",
  "not_mychat",
  "disk_full",
  "locked",
  "newer_data",
]);

/** Says that there is no connection and when it is tried again; nothing while there is one. */
export function ConnectionBanner() {
  const app = useApp();
  const { t } = useI18n();
  const connection = useStore(app.connection);
  useStore(app.auth);
  const count = useCountdown(connection.next_try_ms);
  const account = app.auth.account;
  if (connection.state !== "off" || !account) return null;

  const server = serverName(account.server);
  const bad = lasting.has(connection.error_code);
  const text = bad
    ? errorText(t, { code: connection.error_code })
    : count > 0
      ? t("connection.off_retry", { server, count })
      : t("connection.off", { server });
  return (
    <Banner
      tone={bad ? "bad" : "warn"}
      icon={WifiOff}
      action={
        <Button
          onClick={() => {
            // What becomes of it arrives as an event.
            app.bridge.call("Chat", "Reconnect").catch(() => undefined);
          }}
        >
          {t("connection.retry_now")}
        </Button>
      }
    >
      {text}
    </Banner>
  );
}
