import { Lock, Server, UserRound } from "lucide-react";
import { useState } from "react";
import type { Account } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { serverName } from "../../state/server";
import { useSubmit } from "../../state/useSubmit";
import { Button } from "../../ui/Button";
import { Note } from "../../ui/Note";
import { PasswordField } from "../../ui/PasswordField";
import { TextField } from "../../ui/TextField";
import { AccountList } from "./AccountList";
import { Choices } from "./Choices";
import type { Keep } from "./Choices";
import { Forgot } from "./Forgot";
import { SignInFoot } from "./SignInFoot";
import styles from "./Form.module.css";
import { aboutServer } from "./parts";
import type { Parts } from "./parts";

type OtherSignInProps = {
  username: string;
  server: string;
  accounts: readonly Account[];
  parts: Parts;
  onServer: (server: string) => void;
  onChoose: (id: string) => void;
  onRemove: (account: Account) => void;
  onRegister: () => void;
  onServerSettings: () => void;
  onLink: () => void;
};

/** Signs in with an account that this machine does not know. */
export function OtherSignIn(props: OtherSignInProps) {
  const { server, onServer, accounts, parts } = props;
  const { auth } = useApp();
  const { t } = useI18n();
  const [username, setUsername] = useState(props.username);
  const [password, setPassword] = useState("");
  const [keep, setKeep] = useState<Keep>({ remember: true, auto: false });
  const [tried, setTried] = useState(false);
  const submit = useSubmit();
  const { CertificateDialog } = parts;

  const onSubmit = () => {
    setTried(true);
    if (!server.trim() || !username.trim() || !password || submit.wait > 0) return;
    const request = { server: server.trim(), username: username.trim(), password, ...keep };
    void submit.run(() => auth.signIn(request), request.server);
  };

  const { error, wait } = submit;
  const text = error && wait === 0 ? errorText(t, error) : undefined;
  const field =
    error?.code === "invalid"
      ? error.field
      : error?.code === "bad_credentials"
        ? "password"
        : error && aboutServer.has(error.code)
          ? "server"
          : "";
  const known = field === "server" || field === "username" || field === "password";
  const need = (value: string, sentence: string) => (tried && !value ? sentence : undefined);
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
        <h1 className={styles.heading}>{t("signin.heading")}</h1>
        <TextField
          label={t("signin.server")}
          icon={Server}
          placeholder="chat.example:9999"
          value={server}
          error={field === "server" ? text : need(server.trim(), t("signin.need_server"))}
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          inputMode="url"
          autoFocus={!server}
          onChange={(e) => {
            onServer(e.target.value);
            submit.clear();
          }}
        />
        <TextField
          label={t("signin.username")}
          icon={UserRound}
          value={username}
          error={field === "username" ? text : need(username.trim(), t("signin.need_username"))}
          autoComplete="username"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          autoFocus={Boolean(server) && !username}
          trailing={
            accounts.length > 0 && (
              <AccountList
                accounts={accounts}
                onChoose={props.onChoose}
                onRemove={props.onRemove}
              />
            )
          }
          onChange={(e) => {
            setUsername(e.target.value);
            submit.clear();
          }}
        />
        <PasswordField
          label={t("signin.password")}
          icon={Lock}
          value={password}
          error={field === "password" ? text : need(password, t("signin.need_password"))}
          autoComplete="current-password"
          autoFocus={Boolean(server && username)}
          showLabel={t("common.show_password")}
          hideLabelText={t("common.hide_password")}
          onChange={(e) => {
            setPassword(e.target.value);
            submit.clear();
          }}
        />
        <Choices keep={keep} onChange={setKeep} />
        {text && !known && (
          <Note tone="bad" role="alert">
            {text}
          </Note>
        )}
        <Button
          type="submit"
          variant="primary"
          size="lg"
          block
          loading={submit.busy}
          disabled={wait > 0}
        >
          {wait > 0
            ? t("signin.throttled", { count: wait })
            : submit.busy
              ? t("signin.submitting")
              : t("signin.submit")}
        </Button>
        <div className={styles.centre}>
          <Forgot server={serverName(server)} />
        </div>
      </div>
      <SignInFoot
        onRegister={props.onRegister}
        onLink={props.onLink}
        onServerSettings={props.onServerSettings}
      />
      <CertificateDialog certificate={submit.certificate} onDecided={submit.decided} />
    </form>
  );
}
