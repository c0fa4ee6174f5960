import { FileArchive, Upload } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { BackupContents, RestoreState } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { quietly, useApp } from "../../state/app";
import { serverName } from "../../state/server";
import { useStore } from "../../state/store";
import { useSubmit } from "../../state/useSubmit";
import type { Submit } from "../../state/useSubmit";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Note } from "../../ui/Note";
import { PasswordField } from "../../ui/PasswordField";
import { Progress } from "../../ui/Progress";
import { Spinner } from "../../ui/Spinner";
import styles from "./RestoreDialog.module.css";

type RestoreDialogProps = {
  onClose: () => void;
  /** Goes to an account whose data is back; without it the dialog only says so. */
  onRestored?: (accountId: string) => void;
};

/** Brings an account back from a backup: the file, its passphrase, what it holds, and then how far it is. */
export function RestoreDialog({ onClose, onRestored }: RestoreDialogProps) {
  const { restore } = useApp();
  const { t } = useI18n();
  const state = useStore(restore);
  const [passphrase, setPassphrase] = useState("");
  const [contents, setContents] = useState<BackupContents | null>(null);
  const [need, setNeed] = useState(false);
  const submit = useSubmit();

  // What was chosen lives outside the page.
  useEffect(() => restore.refresh(), [restore]);

  const forget = () => {
    setContents(null);
    setPassphrase("");
    setNeed(false);
    submit.clear();
  };
  const close = () => {
    quietly(restore.drop());
    onClose();
  };
  const step = stepOf(state, contents);
  const look = () => {
    if (!passphrase) return setNeed(true);
    void submit.run(async () => setContents(await restore.look(passphrase)));
  };
  const start = () => void submit.run(() => restore.start(passphrase));
  const onSubmit = () => {
    if (step === "locked") look();
    else if (step === "opened") start();
  };
  const again = () => {
    forget();
    quietly(restore.drop());
  };
  const account = state?.account;
  const finish = () => {
    close();
    if (account && !state.open) onRestored?.(account.id);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) (step === "done" ? finish : close)();
      }}
      title={t("restore.title")}
      description={step === "choose" ? t("restore.text") : undefined}
      closeLabel={t("common.close")}
      width={440}
      onSubmit={onSubmit}
      footer={
        <>
          {step !== "done" && <Button onClick={close}>{t("common.cancel")}</Button>}
          {(step === "locked" || step === "opened") && (
            <Button type="submit" variant="primary" loading={submit.busy}>
              {t(step === "locked" ? "restore.look" : "restore.start")}
            </Button>
          )}
          {step === "failed" && (
            <Button variant="primary" onClick={again}>
              {t("restore.another")}
            </Button>
          )}
          {step === "done" && (
            <Button variant="primary" onClick={finish}>
              {t(onRestored && !state?.open ? "restore.to_signin" : "common.got_it")}
            </Button>
          )}
        </>
      }
    >
      <div className={styles.form}>
        {step === "choose" && state && <Choose state={state} submit={submit} />}
        {(step === "locked" || step === "opened") && state && (
          <Chosen state={state} onAnother={again} />
        )}
        {step === "locked" && (
          <PasswordField
            label={t("storage.passphrase")}
            autoFocus
            autoComplete="off"
            value={passphrase}
            error={
              submit.error?.code === "passphrase"
                ? errorText(t, submit.error)
                : need && !passphrase
                  ? t("restore.need_passphrase")
                  : undefined
            }
            showLabel={t("common.show_password")}
            hideLabelText={t("common.hide_password")}
            onChange={(e) => {
              setPassphrase(e.target.value);
              setNeed(false);
              submit.clear();
            }}
          />
        )}
        {step === "opened" && contents && <Contents contents={contents} />}
        {step === "running" && state && (
          <div className={styles.running} role="status">
            {t("restore.running")}
            <Progress label={t("restore.running")} done={state.done} total={state.total} />
          </div>
        )}
        {step === "done" && state && <Done state={state} toSignIn={onRestored !== undefined} />}
        {step === "failed" && (
          <Note tone="bad" role="alert">
            {errorText(t, state?.error ?? { code: "internal" })} {t("restore.nothing_lost")}
          </Note>
        )}
        {submit.error && submit.error.code !== "passphrase" && (
          <Note tone="bad" role="alert">
            {errorText(t, submit.error)}
          </Note>
        )}
      </div>
    </Dialog>
  );
}

type Step = "choose" | "locked" | "opened" | "running" | "done" | "failed";

function stepOf(state: RestoreState | undefined, contents: BackupContents | null): Step {
  const at = state?.state ?? "none";
  switch (at) {
    case "none":
    case "choosing":
      return "choose";
    case "chosen":
      return contents ? "opened" : "locked";
    default:
      return at;
  }
}

function Choose({ state, submit }: { state: RestoreState; submit: Submit }) {
  const { restore } = useApp();
  const { t } = useI18n();
  const input = useRef<HTMLInputElement>(null);
  if (state.state === "choosing") {
    return (
      <p className={styles.wait} role="status">
        <Spinner label={t("common.loading")} />
        {t("restore.choosing")}
      </p>
    );
  }
  return (
    <>
      {state.sends && (
        <input
          ref={input}
          type="file"
          hidden
          aria-label={t("restore.choose")}
          accept=".mychatbackup"
          onChange={(e) => {
            const file = e.target.files?.[0];
            if (file) void submit.run(() => restore.send(file));
          }}
        />
      )}
      <Button
        variant="soft"
        size="lg"
        block
        icon={Upload}
        autoFocus
        loading={submit.busy}
        onClick={() => {
          if (state.sends) input.current?.click();
          else void submit.run(() => restore.choose());
        }}
      >
        {t("restore.choose")}
      </Button>
    </>
  );
}

function Chosen({ state, onAnother }: { state: RestoreState; onAnother: () => void }) {
  const { t, formats } = useI18n();
  return (
    <div className={styles.file}>
      <span className={styles.icon}>
        <FileArchive aria-hidden />
      </span>
      <div className={styles.name}>
        <div>{state.name}</div>
        <div className={styles.hint}>{formats.bytes(state.bytes)}</div>
      </div>
      <Button size="sm" variant="ghost" onClick={onAnother}>
        {t("restore.change")}
      </Button>
    </div>
  );
}

function Contents({ contents }: { contents: BackupContents }) {
  const { t, formats } = useI18n();
  const { user } = contents;
  const facts: [string, string][] = [
    [t("restore.made"), formats.dateTime(contents.made_ms)],
    [t("restore.messages"), t("restore.count", { count: contents.messages })],
  ];
  if (contents.messages > 0) {
    const from = formats.fullDate(contents.oldest_ms);
    const to = formats.fullDate(contents.newest_ms);
    facts.push([t("restore.span"), from === to ? from : `${from} – ${to}`]);
  }
  return (
    <>
      <div className={styles.who}>
        <Avatar id={user.id} name={user.nickname || user.username} size={44} />
        <div className={styles.name}>
          <div>{user.nickname || user.username}</div>
          <div className={styles.hint}>
            {user.username} · {serverName(contents.server)}
          </div>
        </div>
      </div>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Note tone="info">{t(contents.here ? "restore.merges" : "restore.fresh")}</Note>
    </>
  );
}

function Done({ state, toSignIn }: { state: RestoreState; toSignIn: boolean }) {
  const { t } = useI18n();
  return (
    <>
      <Note tone="info" role="status">
        {t(state.added > 0 ? "restore.done" : "restore.done_nothing", { count: state.added })}{" "}
        {state.open
          ? t("restore.done_open")
          : t(toSignIn ? "restore.done_signin" : "restore.done_switch", {
              name: state.account?.nickname ?? "",
            })}
      </Note>
      {state.unsent > 0 && (
        <Note tone="warn">{t("restore.done_unsent", { count: state.unsent })}</Note>
      )}
    </>
  );
}
