import { Server } from "lucide-react";
import { useState } from "react";
import type { Proxy, ServerInfo } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useStore } from "../../state/store";
import { useSubmit } from "../../state/useSubmit";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Note } from "../../ui/Note";
import { TextField } from "../../ui/TextField";
import { CertificateDialog } from "./CertificateDialog";
import { badProxy, cleanProxy } from "./proxy";
import { ProxyFields } from "./ProxyFields";
import styles from "./ServerDialog.module.css";

export type ServerDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The address to begin with. */
  server: string;
  /** The address to use from now on; the proxy is kept already. */
  onSave: (server: string) => void;
};

/** Which server, and how to reach it; both can be tried before they are kept. */
export function ServerDialog(props: ServerDialogProps) {
  // A dialog that opens anew begins with what is kept.
  return props.open ? <Form {...props} /> : null;
}

function Form({ open, onOpenChange, server: initial, onSave }: ServerDialogProps) {
  const { auth } = useApp();
  const { t } = useI18n();
  const { state } = useStore(auth);
  const kept = state?.proxy ?? { kind: "system" as const, address: "", username: "", password: "" };
  const [server, setServer] = useState(initial);
  const [proxy, setProxy] = useState<Proxy>(kept);
  const [found, setFound] = useState<ServerInfo | null>(null);
  const [missing, setMissing] = useState(false);
  const [proxyBad, setProxyBad] = useState(false);
  const test = useSubmit();
  const save = useSubmit();

  const valid = () => {
    setMissing(!server.trim());
    setProxyBad(badProxy(proxy));
    return Boolean(server.trim()) && !badProxy(proxy);
  };
  const onTest = async () => {
    setFound(null);
    if (!valid()) return;
    await test.run(async () => {
      const check = await auth.checkServer(server, cleanProxy(proxy));
      setServer(check.server);
      setFound(check.info);
    }, server);
  };
  const onSubmit = async () => {
    if (!valid()) return;
    if (await save.run(() => auth.setProxy(cleanProxy(proxy)))) {
      onSave(server.trim());
      onOpenChange(false);
    }
  };
  const changed = () => {
    setFound(null);
    test.clear();
  };
  const viaProxy = test.error?.code === "proxy";
  const proxyError = proxyBad
    ? t("error.invalid.address")
    : viaProxy && test.error
      ? errorText(t, test.error)
      : undefined;
  const serverError = missing
    ? t("signin.need_server")
    : test.error && !viaProxy
      ? errorText(t, test.error)
      : undefined;
  const noAddress = proxy.kind !== "http" && proxy.kind !== "socks5";
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("server.title")}
      closeLabel={t("common.close")}
      width={460}
      onSubmit={() => void onSubmit()}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{t("common.cancel")}</Button>
          <Button type="submit" variant="primary" loading={save.busy}>
            {t("server.save")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <div className={styles.line}>
          <TextField
            className={styles.address}
            label={t("server.address")}
            icon={Server}
            placeholder="chat.example:9999"
            hint={t("signin.server_hint")}
            value={server}
            error={serverError}
            ok={found && t("server.ok", { name: found.name || server, version: found.version })}
            autoCapitalize="off"
            autoCorrect="off"
            spellCheck={false}
            inputMode="url"
            onChange={(e) => {
              setServer(e.target.value);
              setMissing(false);
              changed();
            }}
          />
          <Button
            className={styles.test}
            variant="outline"
            size="lg"
            loading={test.busy}
            onClick={() => void onTest()}
          >
            {test.busy ? t("server.testing") : t("server.test")}
          </Button>
        </div>
        <h3 className={styles.heading}>{t("server.proxy")}</h3>
        <ProxyFields
          proxy={proxy}
          error={proxyError}
          passwordKept={kept.username !== "" && kept.address === proxy.address}
          onChange={(p) => {
            setProxy(p);
            setProxyBad(false);
            changed();
          }}
        />
        {noAddress && proxyError && <Note tone="bad">{proxyError}</Note>}
        {save.error && (
          <Note tone="bad" role="alert">
            {errorText(t, save.error)}
          </Note>
        )}
      </div>
      <CertificateDialog certificate={test.certificate} onDecided={test.decided} />
    </Dialog>
  );
}
