import { useState } from "react";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useSubmit } from "../../state/useSubmit";
import { Button } from "../../ui/Button";
import { Note } from "../../ui/Note";
import { PasswordField } from "../../ui/PasswordField";
import { StrengthBar } from "../../ui/StrengthBar";
import { TextField } from "../../ui/TextField";
import { Choices } from "./Choices";
import type { Keep } from "./Choices";
import type { Parts } from "./parts";
import styles from "./Register.module.css";
import { nicknameFits, passwordFits, usernameFault } from "./rules";

type RegisterFormProps = {
  server: string;
  /** The server asks for an invitation code. */
  invite: boolean;
  parts: Parts;
  onBack: () => void;
};

/** Who the new account is for. What the server will ask for is said while typing. */
export function RegisterForm({ server, invite: asksInvite, parts, onBack }: RegisterFormProps) {
  const { auth } = useApp();
  const { t } = useI18n();
  const [nickname, setNickname] = useState("");
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [invite, setInvite] = useState("");
  const [keep, setKeep] = useState<Keep>({ remember: true, auto: false });
  const [tried, setTried] = useState(false);
  const submit = useSubmit();
  const { CertificateDialog } = parts;

  const fault = usernameFault(username);
  const good =
    nicknameFits(nickname) && fault === null && passwordFits(password) && password === again;
  const onSubmit = () => {
    setTried(true);
    if (!good || (asksInvite && !invite.trim()) || submit.wait > 0) return;
    const request = { server, username, nickname: nickname.trim(), password, ...keep };
    void submit.run(() => auth.register({ ...request, invite: invite.trim() }), server);
  };

  const { error, wait } = submit;
  const refused =
    error?.code === "taken" ? "username" : error?.code === "invite" ? "invite" : error?.field;
  const at = (field: string) => (error && refused === field ? errorText(t, error) : undefined);
  const placed = ["username", "nickname", "password", "invite"].includes(refused ?? "");
  const faults = {
    short: t("register.username_short"),
    long: t("register.username_long"),
    chars: t("register.username_chars"),
  };
  // Too short is no fault while the user is still typing.
  const nameFault =
    fault && (tried || (fault !== "short" && username !== "")) ? faults[fault] : undefined;
  const differs = password !== again && (tried || again.length >= password.length) && again !== "";
  const words = { showLabel: t("common.show_password"), hideLabelText: t("common.hide_password") };
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        onSubmit();
      }}
    >
      <h2 className={styles.heading}>{t("register.title")}</h2>
      <div className={styles.pair}>
        <TextField
          label={t("register.nickname")}
          autoComplete="nickname"
          autoFocus
          value={nickname}
          hint={t("register.nickname_hint")}
          error={
            at("nickname") ??
            ((tried || nickname) && !nicknameFits(nickname)
              ? t("error.invalid.nickname")
              : undefined)
          }
          onChange={(e) => {
            setNickname(e.target.value);
            submit.clear();
          }}
        />
        <TextField
          label={t("register.username")}
          autoComplete="username"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          value={username}
          hint={t("register.username_hint")}
          error={at("username") ?? nameFault}
          ok={fault === null && t("register.username_ok")}
          onChange={(e) => {
            setUsername(e.target.value);
            submit.clear();
          }}
        />
      </div>
      <div>
        <PasswordField
          label={t("register.password")}
          autoComplete="new-password"
          value={password}
          hint={password ? undefined : t("register.password_hint")}
          error={
            at("password") ??
            (tried && !passwordFits(password) ? t("error.invalid.password") : undefined)
          }
          onChange={(e) => {
            setPassword(e.target.value);
            submit.clear();
          }}
          {...words}
        />
        {password && (
          <StrengthBar
            password={password}
            words={{
              weak: t("register.weak"),
              fair: t("register.fair"),
              strong: t("register.strong"),
            }}
          />
        )}
      </div>
      <PasswordField
        label={t("register.confirm")}
        autoComplete="new-password"
        value={again}
        error={
          differs || (tried && !again && passwordFits(password))
            ? t("register.confirm_differs")
            : undefined
        }
        onChange={(e) => setAgain(e.target.value)}
        {...words}
      />
      {asksInvite && (
        <TextField
          label={t("register.invite")}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={invite}
          hint={t("register.invite_hint")}
          error={
            at("invite") ?? (tried && !invite.trim() ? t("register.invite_needed") : undefined)
          }
          onChange={(e) => {
            setInvite(e.target.value);
            submit.clear();
          }}
        />
      )}
      <Choices keep={keep} onChange={setKeep} />
      {error && !placed && wait === 0 && (
        <Note tone="bad" role="alert">
          {errorText(t, error)}
        </Note>
      )}
      <div className={styles.end}>
        <button type="button" className={styles.link} onClick={onBack}>
          {t("register.have_account")}
        </button>
        <Button type="submit" variant="primary" size="lg" loading={submit.busy} disabled={wait > 0}>
          {wait > 0
            ? t("signin.throttled", { count: wait })
            : submit.busy
              ? t("register.submitting")
              : t("register.submit")}
        </Button>
      </div>
      <CertificateDialog certificate={submit.certificate} onDecided={submit.decided} />
    </form>
  );
}
