import { ChevronRight, Plus } from "lucide-react";
import { useState } from "react";
import { BridgeError } from "../../bridge/error";
import type { Account } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { serverName } from "../../state/server";
import { useStore } from "../../state/store";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { CardRow } from "../../ui/CardRow";
import { Note } from "../../ui/Note";
import { useToast } from "../../ui/Toast";
import styles from "./AccountPage.module.css";
import { Devices } from "./Devices";
import { NicknameDialog } from "./NicknameDialog";
import { PasswordDialog } from "./PasswordDialog";
import { SettingsPage } from "./SettingsPage";
import { SettingSwitch } from "./SettingSwitch";
import { SignOutDialog } from "./SignOutDialog";

/** The user's own account: how friends see it, how it is kept safe, where it is signed in. */
export function AccountPage() {
  const app = useApp();
  const { t, formats } = useI18n();
  const toast = useToast();
  const me = useStore(app.profile);
  const { state } = useStore(app.auth);
  const connection = useStore(app.connection);
  const [dialog, setDialog] = useState<"none" | "nickname" | "password" | "signOut">("none");
  const close = () => setDialog("none");
  const account = app.auth.account;
  if (!account) return null;

  const online = connection.state === "online" || connection.state === "syncing";
  const server = serverName(account.server);
  const nickname = me?.profile.nickname ?? account.nickname;
  const others = state?.accounts.filter((a) => a.id !== account.id) ?? [];
  const report = (work: Promise<unknown>) => {
    work.catch((cause: unknown) => {
      toast({ text: errorText(t, BridgeError.from(cause)), tone: "error" });
    });
  };
  const switchTo = async (other: Account) => {
    await app.auth.leave(false, false);
    if (other.remember) await app.auth.open(other.id, other);
  };
  return (
    <SettingsPage title="settings.account">
      {!online && <Note tone="warn">{t("settings.account_offline")}</Note>}
      <Card>
        <div className={styles.me}>
          <Avatar
            id={account.user_id}
            name={nickname}
            size={64}
            presence={online ? "online" : "offline"}
          />
          <div className={styles.who}>
            <div className={styles.name}>{nickname}</div>
            <div className={styles.where}>
              {account.username} · {server}
            </div>
            {me && (
              <div className={styles.where}>
                {t("settings.member_since")} {formats.fullDate(me.created_ms)}
              </div>
            )}
          </div>
          <Button variant="outline" disabled={!online} onClick={() => setDialog("nickname")}>
            {t("settings.edit_nickname")}
          </Button>
        </div>
        <SettingSwitch
          title={t("settings.findable")}
          hint={t("settings.findable_hint")}
          checked={me?.findable_by_nickname ?? false}
          disabled={!online || !me}
          onChange={(on) => report(app.profile.update({ findable_by_nickname: on }))}
        />
      </Card>

      <Card title={t("settings.security")}>
        <CardRow title={t("settings.password")} hint={t("settings.password_hint")}>
          <Button variant="outline" disabled={!online} onClick={() => setDialog("password")}>
            {t("settings.change_password")}
          </Button>
        </CardRow>
      </Card>

      <Devices online={online} />

      <Card title={t("settings.others")}>
        {others.map((other) => (
          <CardRow
            key={other.id}
            icon={<Avatar id={other.user_id} name={other.nickname} size={36} />}
            title={other.nickname}
            hint={`${other.username} · ${serverName(other.server)}`}
          >
            <Button
              aria-label={t("settings.switch_label", { name: other.nickname })}
              onClick={() => report(switchTo(other))}
            >
              {t("settings.switch")}
            </Button>
          </CardRow>
        ))}
        <button
          type="button"
          className={styles.add}
          onClick={() => report(app.auth.leave(false, false))}
        >
          <Plus aria-hidden />
          <span>{t("settings.add_account")}</span>
          <ChevronRight className={styles.more} aria-hidden />
        </button>
      </Card>

      <div>
        <Button variant="dangerSoft" onClick={() => setDialog("signOut")}>
          {t("settings.sign_out")}
        </Button>
      </div>

      {dialog === "nickname" && <NicknameDialog nickname={nickname} onClose={close} />}
      {dialog === "password" && <PasswordDialog onClose={close} />}
      <SignOutDialog open={dialog === "signOut"} onOpenChange={close} />
    </SettingsPage>
  );
}
