import { Server } from "lucide-react";
import { useState } from "react";
import type { Connection, Proxy, ServerInfo } from "../../bridge/types";
import { useI18n } from "../../i18n";
import type { I18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { serverName } from "../../state/server";
import { useStore } from "../../state/store";
import { useCountdown } from "../../state/useCountdown";
import { useSubmit } from "../../state/useSubmit";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { CardRow } from "../../ui/CardRow";
import { Note } from "../../ui/Note";
import { PageBody } from "../../ui/PageBody";
import { useToast } from "../../ui/Toast";
import { CertificateDialog } from "./CertificateDialog";
import styles from "./NetworkPage.module.css";
import { badProxy, cleanProxy } from "./proxy";
import { ProxyFields } from "./ProxyFields";

/** The page of the settings about the server and the way to it. */
export function NetworkPage() {
  const app = useApp();
  const { t } = useI18n();
  const toast = useToast();
  const { state } = useStore(app.auth);
  const connection = useStore(app.connection);
  const count = useCountdown(connection.next_try_ms);
  const kept = state?.proxy ?? { kind: "system" as const, address: "", username: "", password: "" };
  const [proxy, setProxy] = useState<Proxy>(kept);
  const [proxyBad, setProxyBad] = useState(false);
  const [found, setFound] = useState<ServerInfo | null>(null);
  const test = useSubmit();
  const save = useSubmit();
  const account = app.auth.account;
  if (!account) return null;

  const valid = () => {
    setProxyBad(badProxy(proxy));
    return !badProxy(proxy);
  };
  const onTest = async () => {
    setFound(null);
    if (!valid()) return;
    await test.run(async () => {
      setFound((await app.auth.checkServer(account.server, cleanProxy(proxy))).info);
    }, account.server);
  };
  const onSave = async () => {
    if (!valid()) return;
    if (await save.run(() => app.auth.setProxy(cleanProxy(proxy)))) {
      toast({ text: t("settings.proxy_saved") });
    }
  };
  return (
    <PageBody
      title={t("settings.network")}
      back={{ label: t("common.back"), onClick: () => app.navigation.back() }}
    >
      <Card>
        <CardRow
          icon={
            <span className={styles.icon} data-state={connection.state}>
              <Server aria-hidden />
            </span>
          }
          title={serverName(account.server)}
          hint={<span role="status">{stateText(t, connection, count)}</span>}
        >
          {connection.state === "off" && (
            <Button
              variant="outline"
              onClick={() => {
                // What becomes of it arrives as an event.
                app.bridge.call("Chat", "Reconnect").catch(() => undefined);
              }}
            >
              {t("connection.retry_now")}
            </Button>
          )}
        </CardRow>
      </Card>
      <Card title={t("server.proxy")}>
        <div className={styles.proxy}>
          <ProxyFields
            proxy={proxy}
            error={proxyBad ? t("error.invalid.address") : undefined}
            passwordKept={kept.username !== "" && kept.address === proxy.address}
            onChange={(p) => {
              setProxy(p);
              setProxyBad(false);
              setFound(null);
              test.clear();
            }}
          />
          {found && (
            <Note tone="info" role="status">
              {t("server.ok", {
                name: found.name || serverName(account.server),
                version: found.version,
              })}
            </Note>
          )}
          {(test.error ?? save.error) && (
            <Note tone="bad" role="alert">
              {errorText(t, test.error ?? save.error ?? { code: "internal" })}
            </Note>
          )}
        </div>
      </Card>
      <div className={styles.buttons}>
        <Button variant="outline" loading={test.busy} onClick={() => void onTest()}>
          {t("settings.test_connection")}
        </Button>
        <Button variant="primary" loading={save.busy} onClick={() => void onSave()}>
          {t("common.save")}
        </Button>
      </div>
      <CertificateDialog certificate={test.certificate} onDecided={test.decided} />
    </PageBody>
  );
}

function stateText(t: I18n["t"], connection: Connection, count: number): string {
  switch (connection.state) {
    case "off": {
      const off =
        count > 0 ? t("settings.network_off_retry", { count }) : t("settings.network_off");
      return connection.error_code
        ? `${off} · ${errorText(t, { code: connection.error_code })}`
        : off;
    }
    case "connecting":
      return t("settings.network_connecting");
    case "syncing":
      return t("settings.network_syncing");
    case "online":
      return t("settings.network_online");
    default:
      return connection.state satisfies never;
  }
}
