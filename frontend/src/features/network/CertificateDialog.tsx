import { useState } from "react";
import { BridgeError } from "../../bridge/error";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { serverName } from "../../state/server";
import type { Certificate } from "../../state/useSubmit";
import { AlertDialog } from "../../ui/AlertDialog";
import { Note } from "../../ui/Note";
import styles from "./CertificateDialog.module.css";
import { groups } from "./fingerprint";

export type CertificateDialogProps = {
  /** What to decide about; null shows nothing. */
  certificate: Certificate | null;
  /** True once it is pinned, false when the user will not connect. */
  onDecided: (trusted: boolean) => void;
};

/** Asks whether a certificate that nobody vouches for is the right one, and pins it. */
export function CertificateDialog({ certificate, onDecided }: CertificateDialogProps) {
  const { auth } = useApp();
  const { t } = useI18n();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<BridgeError | null>(null);
  if (!certificate) return null;

  const { fingerprint, changed } = certificate;
  const server = serverName(certificate.server);
  const trust = async () => {
    setBusy(true);
    setError(null);
    try {
      await auth.trust(certificate.server, fingerprint);
      onDecided(true);
    } catch (cause) {
      setError(BridgeError.from(cause));
    } finally {
      setBusy(false);
    }
  };
  return (
    <AlertDialog
      open
      onOpenChange={(open) => {
        if (!open) onDecided(false);
      }}
      title={changed ? t("cert.changed_title", { server }) : t("cert.title")}
      text={changed ? t("cert.changed_text") : t("cert.text", { server })}
      confirm={changed ? t("cert.changed_trust") : t("cert.trust")}
      cancel={changed ? t("cert.changed_leave") : t("common.cancel")}
      danger={changed}
      loading={busy}
      onConfirm={() => void trust()}
    >
      <div className={styles.box} data-changed={changed || undefined}>
        <div className={styles.label}>{t("cert.fingerprint")}</div>
        <div className={styles.digits}>
          {groups(fingerprint).map((group, i) => (
            <span key={i}>{group} </span>
          ))}
        </div>
      </div>
      {!changed && <p className={styles.pinned}>{t("cert.pinned")}</p>}
      {error && (
        <Note tone="bad" role="alert">
          {errorText(t, error)}
        </Note>
      )}
    </AlertDialog>
  );
}
