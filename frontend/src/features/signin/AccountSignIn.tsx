import { Lock } from "lucide-react";
import { useEffect, useState } from "react";
import { BridgeError } from "../../bridge/error";
import type { Account } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { serverName } from "../../state/server";
import { useSubmit } from "../../state/useSubmit";
import { Button } from "../../ui/Button";
import { Note } from "../../ui/Note";
import { PasswordField } from "../../ui/PasswordField";
import { AccountList } from "./AccountList";
import { Carousel } from "./Carousel";
import { Choices } from "./Choices";
import type { Keep } from "./Choices";
import { Forgot } from "./Forgot";
import { SignInFoot } from "./SignInFoot";
import styles from "./Form.module.css";
import { aboutServer } from "./parts";
import type { Parts } from "./parts";

type AccountSignInProps = {
  account: Account;
  accounts: readonly Account[];
  parts: Parts;
  onChoose: (id: string) => void;
  onRemove: (account: Account) => void;
  onOther: () => void;
  onRegister: () => void;
  onServerSettings: () => void;
  onLink: () => void;
  onRestore: () => void;
};

/** Signs in with an account of this machine; a remembered one needs no password. */
export function AccountSignIn(props: AccountSignInProps) {
  const { account, accounts, parts } = props;
  const { auth } = useApp();
  const { t } = useI18n();
  const [password, setPassword] = useState("");
  const [keep, setKeep] = useState<Keep>({ remember: account.remember, auto: account.auto });
  const [missing, setMissing] = useState(false);
  const [away, setAway] = useState(false);
  const submit = useSubmit();
  const { CertificateDialog } = parts;

  // With a kept token nothing has to be typed, also where it is kept no longer after this time.
  const byToken = account.remember && password === "";
  const server = serverName(account.server);

  // The server is outside the page: whether it answers decides what the button says.
  useEffect(() => {
    let current = true;
    auth.checkServer(account.server).then(
      () => {
        if (current) setAway(false);
      },
      (cause: unknown) => {
        const { code } = BridgeError.from(cause);
        if (current) setAway(code === "unreachable" || code === "offline" || code === "proxy");
      },
    );
    return () => {
      current = false;
    };
  }, [auth, account.server]);

  const onSubmit = () => {
    if (submit.wait > 0) return;
    if (!byToken && !password) {
      setMissing(true);
      return;
    }
    const { username } = account;
    void submit.run(
      () =>
        byToken
          ? auth.open(account.id, keep)
          : auth.signIn({ server: account.server, username, password, ...keep }),
      account.server,
    );
  };

  const { error } = submit;
  const elsewhere = error && (aboutServer.has(error.code) || byToken) ? error : null;
  const atPassword = missing
    ? t("signin.need_password")
    : error && !elsewhere && submit.wait === 0
      ? error.code === "bad_credentials"
        ? t("error.bad_password") // Only that was typed.
        : errorText(t, error)
      : undefined;
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        onSubmit();
      }}
    >
      <div className={styles.body}>
        <Carousel account={account} accounts={accounts} onChoose={props.onChoose} />
        <div className={styles.who}>
          <div className={styles.name}>
            <h1>{account.nickname}</h1>
            <AccountList
              accounts={accounts}
              onChoose={props.onChoose}
              onRemove={props.onRemove}
              onOther={props.onOther}
            />
          </div>
          <div className={styles.where}>
            {account.username} · {server}
          </div>
        </div>
        <PasswordField
          label={t("signin.password")}
          hideLabel
          icon={Lock}
          placeholder={account.remember ? t("signin.password_kept") : t("signin.password")}
          autoComplete="current-password"
          autoFocus={!account.remember}
          value={password}
          error={atPassword}
          showLabel={t("common.show_password")}
          hideLabelText={t("common.hide_password")}
          onChange={(e) => {
            setPassword(e.target.value);
            setMissing(false);
            submit.clear();
          }}
        />
        <Choices keep={keep} onChange={setKeep} />
        {elsewhere && submit.wait === 0 && (
          <Note tone="bad" role="alert">
            {errorText(t, elsewhere)}
          </Note>
        )}
        {away && byToken && !elsewhere && (
          <Note tone="warn" role="status">
            {t("signin.offline_hint", { server })}
          </Note>
        )}
        <Button
          type="submit"
          variant="primary"
          size="lg"
          block
          autoFocus={account.remember}
          loading={submit.busy}
          disabled={submit.wait > 0}
        >
          {submit.wait > 0
            ? t("signin.throttled", { count: submit.wait })
            : submit.busy
              ? t("signin.submitting")
              : away && byToken
                ? t("signin.open_offline")
                : t("signin.submit")}
        </Button>
        <div className={styles.centre}>
          <Forgot server={server} />
          <button type="button" className={styles.link} onClick={props.onRestore}>
            {t("restore.from_signin")}
          </button>
        </div>
      </div>
      <SignInFoot
        onRegister={props.onRegister}
        onOther={props.onOther}
        onLink={props.onLink}
        onServerSettings={props.onServerSettings}
      />
      <CertificateDialog certificate={submit.certificate} onDecided={submit.decided} />
    </form>
  );
}
