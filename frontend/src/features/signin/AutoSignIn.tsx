import { useEffect, useEffectEvent, useState } from "react";
import type { Account } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { serverName } from "../../state/server";
import { useCountdown } from "../../state/useCountdown";
import { useSubmit } from "../../state/useSubmit";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { Note } from "../../ui/Note";
import styles from "./AutoSignIn.module.css";
import form from "./Form.module.css";
import type { Parts } from "./parts";

/** How long the user may still say no, in milliseconds. */
const waitMs = 3_000;

type AutoSignInProps = {
  account: Account;
  parts: Parts;
  onCancel: () => void;
  onSwitch: () => void;
};

/** Opens the account after a moment in which the user can still say no. */
export function AutoSignIn({ account, parts, onCancel, onSwitch }: AutoSignInProps) {
  const { auth } = useApp();
  const { t } = useI18n();
  const [until] = useState(() => Date.now() + waitMs);
  const count = useCountdown(until);
  const submit = useSubmit();
  const { CertificateDialog } = parts;
  const open = () =>
    void submit.run(() => auth.open(account.id, { remember: true, auto: true }), account.server);

  // The clock is outside React.
  const onTime = useEffectEvent(open);
  useEffect(() => {
    const timer = setTimeout(() => onTime(), until - Date.now());
    return () => clearTimeout(timer);
  }, [until]);

  return (
    <div className={form.form}>
      <div className={form.body}>
        <div className={styles.picture}>
          <Avatar id={account.user_id} name={account.nickname} size={84} />
        </div>
        <div className={form.who}>
          <div className={form.name} data-plain>
            <h1>{account.nickname}</h1>
          </div>
          <div className={form.where}>
            {account.username} · {serverName(account.server)}
          </div>
        </div>
        {submit.error ? (
          <Note tone="bad" role="alert">
            {errorText(t, submit.error)}
          </Note>
        ) : (
          <p className={styles.count} role="timer" aria-live="polite">
            {submit.busy || count === 0 ? t("auto.opening") : t("auto.text", { count })}
          </p>
        )}
        <Button variant="primary" size="lg" block loading={submit.busy} onClick={open}>
          {t("auto.now")}
        </Button>
        <Button size="lg" block autoFocus onClick={onCancel}>
          {t("auto.cancel")}
        </Button>
        <div className={form.centre}>
          <button type="button" className={form.link} onClick={onSwitch}>
            {t("auto.switch")}
          </button>
        </div>
      </div>
      <CertificateDialog certificate={submit.certificate} onDecided={submit.decided} />
    </div>
  );
}
