import { Server } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import type { ServerInfo } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { serverName } from "../../state/server";
import { useSubmit } from "../../state/useSubmit";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { Spinner } from "../../ui/Spinner";
import type { Parts } from "./parts";
import styles from "./Register.module.css";
import { RegisterAside } from "./RegisterAside";
import { RegisterForm } from "./RegisterForm";

type RegisterProps = {
  server: string;
  parts: Parts;
  onServer: (server: string) => void;
  onBack: () => void;
};

/** Makes an account: asks the server first whether and how it takes new ones. */
export function Register({ server, parts, onServer, onBack }: RegisterProps) {
  const { auth } = useApp();
  const { t } = useI18n();
  const [info, setInfo] = useState<ServerInfo | null>(null);
  const [choosing, setChoosing] = useState(false);
  const check = useSubmit();
  const { ServerDialog, CertificateDialog } = parts;
  const name = serverName(server);

  const ask = (address: string) => {
    setInfo(null);
    if (!address) return;
    void check.run(async () => {
      const found = await auth.checkServer(address);
      setInfo(found.info);
      onServer(found.server);
    }, address);
  };
  const onOpen = useEffectEvent(() => ask(server));
  // The server's rules are outside the page; a change of server asks by itself.
  useEffect(() => {
    queueMicrotask(() => onOpen());
  }, []);

  const change = () => setChoosing(true);
  return (
    <section className={styles.card} aria-label={t("register.title")}>
      <RegisterAside server={server} info={info} onChange={change} />
      <div className={styles.main}>
        {info && info.registration !== "closed" ? (
          <RegisterForm
            server={server}
            invite={info.registration === "invite"}
            parts={parts}
            onBack={onBack}
          />
        ) : (
          <div className={styles.instead}>
            {check.busy ? (
              <p className={styles.checking} role="status">
                <Spinner label={t("register.checking")} /> {t("register.checking")}
              </p>
            ) : !server ? (
              <EmptyState
                icon={Server}
                title={t("signin.choose_server_title")}
                text={t("signin.choose_server_text")}
                actions={
                  <Button variant="primary" onClick={change}>
                    {t("signin.choose_server")}
                  </Button>
                }
              />
            ) : info ? (
              <EmptyState
                icon={Server}
                title={t("register.closed_title")}
                text={t("register.closed_text", { server: name })}
                actions={<Button onClick={change}>{t("register.change_server")}</Button>}
              />
            ) : (
              <EmptyState
                icon={Server}
                tone="bad"
                title={name}
                text={errorText(t, check.error ?? { code: "certificate_unknown" })}
                actions={
                  <>
                    <Button variant="primary" onClick={() => ask(server)}>
                      {t("common.retry")}
                    </Button>
                    <Button onClick={change}>{t("register.change_server")}</Button>
                  </>
                }
              />
            )}
            <button type="button" className={styles.link} onClick={onBack}>
              {t("register.have_account")}
            </button>
          </div>
        )}
      </div>
      <ServerDialog
        open={choosing}
        onOpenChange={setChoosing}
        server={server}
        onSave={(saved) => {
          onServer(saved);
          ask(saved);
        }}
      />
      <CertificateDialog certificate={check.certificate} onDecided={check.decided} />
    </section>
  );
}
