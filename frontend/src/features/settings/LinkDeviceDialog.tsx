import { ScanLine } from "lucide-react";
import { useState } from "react";
import type { LinkClaim } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import type { BridgeError } from "../../bridge/error";
import type { T } from "../../i18n";
import { useApp } from "../../state/app";
import { useCountdown } from "../../state/useCountdown";
import { useSubmit } from "../../state/useSubmit";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Note } from "../../ui/Note";
import { canScan, QrScanner } from "../../ui/QrScanner";
import type { CameraFault } from "../../ui/QrScanner";
import { TextField } from "../../ui/TextField";
import { useToast } from "../../ui/Toast";
import styles from "./Devices.module.css";
import { platformOf } from "./platforms";

/** How what a QR code says begins, if it is one that signs a device in. */
const linkAddress = "mychat:link?";

type LinkDeviceDialogProps = { onClose: () => void };

/** Lets another device in: its code, who asks, and a yes or no. */
export function LinkDeviceDialog({ onClose }: LinkDeviceDialogProps) {
  const [asked, setAsked] = useState<{ claim: LinkClaim; until: number } | null>(null);
  return asked ? (
    <Decide {...asked} onClose={onClose} onOver={() => setAsked(null)} />
  ) : (
    <Enter
      onClose={onClose}
      onClaim={(claim) => setAsked({ claim, until: Date.now() + claim.lives_ms })}
    />
  );
}

type EnterProps = { onClose: () => void; onClaim: (claim: LinkClaim) => void };

function Enter({ onClose, onClaim }: EnterProps) {
  const { devices } = useApp();
  const { t } = useI18n();
  const [shown, setShown] = useState("");
  const [tried, setTried] = useState(false);
  const [scanning, setScanning] = useState(false);
  const [seen, setSeen] = useState<CameraFault | "other" | null>(null); // Instead of a code.
  const submit = useSubmit();
  const claim = (code: string) =>
    void submit.run(async () => onClaim(await devices.claimLink(code)));
  const enter = () => {
    setTried(true);
    if (!shown.trim() || submit.wait > 0) return;
    claim(shown.trim());
  };
  const scan = (on: boolean) => {
    setScanning(on);
    setSeen(null);
    setTried(false);
    submit.clear();
  };
  const found = (text: string) => {
    submit.clear();
    const code = text.startsWith(linkAddress);
    setSeen(code ? null : "other");
    if (code) claim(text);
  };
  const { error, wait } = submit;
  const refused = error && wait === 0 ? claimError(t, error) : undefined;
  if (scanning) {
    const fault = seen ? t(`link.scan_${seen}`) : refused;
    return (
      <Dialog
        open
        onOpenChange={onClose}
        title={t("link.device_title")}
        description={t("link.scan_text")}
        closeLabel={t("common.close")}
        width={420}
        footer={<Button onClick={() => scan(false)}>{t("link.type_instead")}</Button>}
      >
        <QrScanner label={t("link.camera")} onFound={found} onFault={setSeen} />
        {fault && (
          <Note tone={seen === "other" ? "warn" : "bad"} role="alert">
            {fault}
          </Note>
        )}
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("link.device_title")}
      description={t("link.device_text")}
      closeLabel={t("common.close")}
      width={420}
      onSubmit={enter}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" variant="primary" loading={submit.busy} disabled={wait > 0}>
            {wait > 0 ? t("signin.throttled", { count: wait }) : t("link.device_next")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("link.code")}
        className={styles.code}
        placeholder="K7QF-2MXD"
        value={shown}
        hint={t("link.device_hint")}
        error={refused ?? (tried && !shown.trim() ? t("link.need_code") : undefined)}
        autoComplete="one-time-code"
        autoCapitalize="characters"
        autoCorrect="off"
        spellCheck={false}
        onChange={(e) => {
          const { value } = e.target;
          // Lower case is the code's upper case; an address stays as it is.
          setShown(value.includes(":") ? value : value.toUpperCase());
          setTried(false);
          submit.clear();
        }}
      />
      {canScan() && (
        <Button block onClick={() => scan(true)}>
          <ScanLine aria-hidden />
          {t("link.scan")}
        </Button>
      )}
    </Dialog>
  );
}

function claimError(t: T, error: BridgeError): string {
  if (error.code === "not_found") return t("link.unknown_code");
  return errorText(t, error);
}

type DecideProps = {
  claim: LinkClaim;
  until: number;
  onClose: () => void;
  onOver: () => void;
};

function Decide({ claim, until, onClose, onOver }: DecideProps) {
  const { devices, signIns } = useApp();
  const { t, formats } = useI18n();
  const toast = useToast();
  const left = useCountdown(until);
  const [answer, setAnswer] = useState<"yes" | "no" | null>(null);
  const submit = useSubmit();
  const { name: platform, icon: Icon } = platformOf(claim.platform);
  const decide = async (confirm: boolean) => {
    setAnswer(confirm ? "yes" : "no");
    // It may sign in before the answer is back here.
    const unexpected = confirm ? signIns.expect(claim) : undefined;
    if (!(await submit.run(() => devices.answerLink(claim.id, confirm)))) {
      unexpected?.();
      return;
    }
    toast({ text: t(confirm ? "link.confirmed" : "link.turned_away", { name: claim.name }) });
    onClose();
  };
  const over = left === 0 || submit.error?.code === "not_found";
  return (
    <Dialog
      open
      onOpenChange={() => {
        // Who turns away from the question has not said yes.
        devices.answerLink(claim.id, false).catch(() => undefined);
        onClose();
      }}
      title={t("link.decide_title", { name: claim.name })}
      description={t("link.decide_text")}
      closeLabel={t("common.close")}
      width={420}
      footer={
        over ? (
          <Button variant="primary" onClick={onOver}>
            {t("link.device_again")}
          </Button>
        ) : (
          <>
            <Button
              variant="dangerSoft"
              loading={submit.busy && answer === "no"}
              onClick={() => void decide(false)}
            >
              {t("link.refuse")}
            </Button>
            <Button
              variant="primary"
              loading={submit.busy && answer === "yes"}
              onClick={() => void decide(true)}
            >
              {t("link.confirm")}
            </Button>
          </>
        )
      }
    >
      <div className={styles.claim}>
        <span className={styles.icon}>
          <Icon aria-hidden />
        </span>
        <div className={styles.who}>
          <div>{claim.name}</div>
          <div className={styles.hint}>
            {[
              t(platform),
              claim.app_version && `MyChat ${claim.app_version}`,
              claim.address,
              formats.time(claim.asked_ms),
            ]
              .filter(Boolean)
              .join(" · ")}
          </div>
        </div>
      </div>
      {over ? (
        <Note tone="warn" role="alert">
          {t("link.decide_over")}
        </Note>
      ) : submit.error ? (
        <Note tone="bad" role="alert">
          {errorText(t, submit.error)}
        </Note>
      ) : (
        <Note tone="warn">{t("link.decide_warning")}</Note>
      )}
    </Dialog>
  );
}
