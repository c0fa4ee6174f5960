import { useState } from "react";
import type { Account } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useStore } from "../../state/store";
import { Logo } from "../../ui/Logo";
import { AccountSignIn } from "./AccountSignIn";
import { AutoSignIn } from "./AutoSignIn";
import { EndedCard } from "./EndedCard";
import { LinkSignIn } from "./LinkSignIn";
import { OtherSignIn } from "./OtherSignIn";
import type { Parts } from "./parts";
import { Register } from "./Register";
import { RemoveDialog } from "./RemoveDialog";
import { SecretsNote } from "./SecretsNote";
import styles from "./SignIn.module.css";

type SignInProps = { parts: Parts };

type Mode =
  | { kind: "auto"; id: string }
  | { kind: "account"; id: string }
  | { kind: "other"; username: string }
  | { kind: "link"; from: string }
  | { kind: "register" };

/** The window before anybody is signed in: remembered accounts, another one, or a new one. */
export function SignIn({ parts }: SignInProps) {
  const { auth } = useApp();
  const { t } = useI18n();
  const { state } = useStore(auth);
  const accounts = state?.accounts ?? [];
  const [mode, setMode] = useState<Mode>(() => first(accounts, auth.autoId));
  const [server, setServer] = useState(state?.server ?? "");
  const [removing, setRemoving] = useState<Account | null>(null);
  const { ServerDialog, RestoreDialog } = parts;
  const [choosing, setChoosing] = useState(false);
  const [restoring, setRestoring] = useState(false);

  const account = mode.kind === "auto" || mode.kind === "account" ? byId(accounts, mode.id) : null;
  const ending = state?.endings[0];
  const linked = mode.kind === "link" ? byId(accounts, mode.from) : null;
  const toAccount = (id: string) => setMode({ kind: "account", id });
  const toOther = (username = "") => setMode({ kind: "other", username });
  const toRegister = () => setMode({ kind: "register" });
  const afterRemoval = (id: string) => {
    const next = accounts.find((a) => a.id !== id);
    if (next) toAccount(next.id);
    else toOther();
  };

  const shared = {
    accounts,
    parts,
    onChoose: toAccount,
    onRemove: setRemoving,
    onRegister: toRegister,
    onLink: () => setMode({ kind: "link", from: account?.id ?? "" }),
    onRestore: () => setRestoring(true),
  };
  return (
    <main className={styles.desk}>
      {mode.kind === "register" ? (
        <Register
          parts={parts}
          server={server}
          onServer={setServer}
          onBack={() => {
            const newest = accounts[0];
            if (newest) toAccount(newest.id);
            else toOther();
          }}
        />
      ) : (
        <section className={styles.card} aria-label={t("signin.title")} data-mode={mode.kind}>
          <div className={styles.top} data-tall={(account !== null && !ending) || undefined}>
            <span className={styles.brand}>
              <Logo size={20} />
              {t("app.name")}
            </span>
          </div>
          {ending ? (
            <EndedCard
              key={ending.account.id}
              ending={ending}
              onRead={() => {
                if (byId(accounts, ending.account.id)) toAccount(ending.account.id);
                else afterRemoval(ending.account.id);
              }}
              onDeleted={() => afterRemoval(ending.account.id)}
            />
          ) : mode.kind === "link" ? (
            <LinkSignIn
              server={linked?.server ?? server}
              parts={parts}
              onPassword={() => (linked ? toAccount(linked.id) : toOther())}
              onRegister={toRegister}
              onServerSettings={() => setChoosing(true)}
            />
          ) : mode.kind === "auto" && account ? (
            <AutoSignIn
              account={account}
              parts={parts}
              onCancel={() => {
                auth.dropAuto();
                toAccount(account.id);
              }}
              onSwitch={() => {
                auth.dropAuto();
                const next = accounts.find((a) => a.id !== account.id);
                if (next) toAccount(next.id);
                else toOther();
              }}
            />
          ) : account ? (
            <AccountSignIn
              key={account.id}
              account={account}
              onServerSettings={() => setChoosing(true)}
              onOther={() => toOther()}
              {...shared}
            />
          ) : (
            <OtherSignIn
              key={mode.kind === "other" ? mode.username : ""}
              username={mode.kind === "other" ? mode.username : ""}
              server={server}
              onServer={setServer}
              onServerSettings={() => setChoosing(true)}
              {...shared}
            />
          )}
          <SecretsNote />
        </section>
      )}
      <ServerDialog
        open={choosing}
        onOpenChange={setChoosing}
        server={account?.server ?? linked?.server ?? server}
        onSave={(saved) => {
          setServer(saved);
          // Another server than the account's means another account.
          if (account && saved !== account.server) toOther(account.username);
          if (linked && saved !== linked.server) setMode({ kind: "link", from: "" });
        }}
      />
      {restoring && (
        <RestoreDialog
          onClose={() => setRestoring(false)}
          onRestored={(id) => void auth.load().finally(() => toAccount(id))}
        />
      )}
      <RemoveDialog account={removing} onClose={() => setRemoving(null)} onRemoved={afterRemoval} />
    </main>
  );
}

const byId = (accounts: readonly Account[], id: string) =>
  accounts.find((a) => a.id === id) ?? null;

/** What the window begins with. */
function first(accounts: readonly Account[], autoId: string): Mode {
  if (byId(accounts, autoId)) return { kind: "auto", id: autoId };
  const newest = accounts[0];
  return newest ? { kind: "account", id: newest.id } : { kind: "other", username: "" };
}
