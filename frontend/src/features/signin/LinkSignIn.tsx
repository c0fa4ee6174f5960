import { Check, Settings2 } from "lucide-react";
import { useEffect } from "react";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { serverName } from "../../state/server";
import { useStore } from "../../state/store";
import { useCountdown } from "../../state/useCountdown";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { IconButton } from "../../ui/IconButton";
import { Note } from "../../ui/Note";
import { QrCode } from "../../ui/QrCode";
import { Spinner } from "../../ui/Spinner";
import form from "./Form.module.css";
import styles from "./LinkSignIn.module.css";
import type { Parts } from "./parts";

type LinkSignInProps = {
  server: string;
  parts: Parts;
  onPassword: () => void;
  onRegister: () => void;
  onServerSettings: () => void;
};

/** Signs in with the word of a device that is signed in already. */
export function LinkSignIn(props: LinkSignInProps) {
  const { server, parts } = props;
  const { linking } = useApp();
  const { t } = useI18n();
  const { error, step } = useStore(linking);
  const { CertificateDialog } = parts;

  // The server is asked while this is on the screen.
  useEffect(() => {
    if (server) linking.start(server);
    return () => linking.stop();
  }, [linking, server]);

  const doubted = error?.code === "certificate_unknown" || error?.code === "certificate_changed";
  return (
    <div className={form.form}>
      <div className={styles.body}>
        <div className={styles.words}>
          <h1 className={form.heading}>{t("link.heading")}</h1>
          {server ? (
            step !== "claimed" &&
            step !== "granted" && (
              <p className={styles.text}>{t("link.text", { server: serverName(server) })}</p>
            )
          ) : (
            <p className={styles.text}>{t("signin.choose_server_text")}</p>
          )}
        </div>
        {server ? (
          <Step onRestart={() => linking.start(server)} onServerSettings={props.onServerSettings} />
        ) : (
          <Button variant="primary" size="lg" block autoFocus onClick={props.onServerSettings}>
            {t("signin.choose_server")}
          </Button>
        )}
      </div>
      <footer className={form.foot}>
        <button type="button" className={form.link} onClick={props.onPassword}>
          {t("link.password")}
        </button>
        <span className={styles.end}>
          <button type="button" className={form.link} onClick={props.onRegister}>
            {t("signin.register")}
          </button>
          <IconButton
            icon={Settings2}
            label={t("signin.server_settings")}
            onClick={props.onServerSettings}
            tooltipSide="top"
          />
        </span>
      </footer>
      <CertificateDialog
        certificate={
          doubted && error.fingerprint
            ? {
                server,
                fingerprint: error.fingerprint,
                changed: error.code !== "certificate_unknown",
              }
            : null
        }
        onDecided={(trusted) => (trusted ? linking.start(server) : linking.stop())}
      />
    </div>
  );
}

type StepProps = { onRestart: () => void; onServerSettings: () => void };

/** What is shown between asking and being let in. */
function Step({ onRestart, onServerSettings }: StepProps) {
  const { linking } = useApp();
  const { t } = useI18n();
  const { step, link, until, by, error } = useStore(linking);
  const left = useCountdown(until);
  const again = (
    <Button variant="primary" size="lg" block autoFocus onClick={onRestart}>
      {t("link.again")}
    </Button>
  );
  switch (step) {
    case "failed":
    case "off":
      return (
        <>
          {error && (
            <Note tone="bad" role="alert">
              {errorText(t, error)}
            </Note>
          )}
          {again}
          <Button size="lg" block onClick={onServerSettings}>
            {t("signin.server_settings")}
          </Button>
        </>
      );
    case "refused":
      return (
        <>
          <Note tone="warn" role="alert">
            {t("link.refused", { name: by?.nickname ?? "" })}
          </Note>
          {again}
        </>
      );
    case "claimed":
    case "granted":
      return (
        <div className={styles.claimed} role="status">
          <Avatar id={by?.id ?? ""} name={by?.nickname ?? ""} size={84} />
          <p className={styles.name}>{by?.nickname}</p>
          <p className={styles.text}>{by?.username}</p>
          <p className={styles.wait}>
            {step === "granted" ? <Check aria-hidden /> : <Spinner label={t("common.loading")} />}
            {step === "granted" ? t("signin.submitting") : t("link.claimed")}
          </p>
          {step === "claimed" && (
            <button type="button" className={form.link} onClick={onRestart}>
              {t("link.not_me")}
            </button>
          )}
        </div>
      );
    case "asking":
    case "waiting":
      if (!link) {
        return (
          <div className={styles.empty}>
            <Spinner label={t("link.asking")} size={24} />
          </div>
        );
      }
      return (
        <>
          <QrCode text={link.address} label={t("link.qr")} />
          <p className={styles.code} aria-label={t("link.code")} data-testid="link-code">
            {link.code.slice(0, 4)}
            <span aria-hidden>·</span>
            {link.code.slice(4)}
          </p>
          <p className={styles.text} role="timer">
            {t("link.renews", { count: left })}
          </p>
        </>
      );
    default:
      return step satisfies never;
  }
}
