import { ArrowLeftRight, LogOut, MonitorSmartphone, Power, Settings } from "lucide-react";
import { useState } from "react";
import { LinkDeviceDialog } from "../features/settings/LinkDeviceDialog";
import { SignOutDialog } from "../features/settings/SignOutDialog";
import { useI18n } from "../i18n";
import { useApp } from "../state/app";
import { serverName } from "../state/server";
import { useKeysOf } from "../state/shortcuts";
import { useStore } from "../state/store";
import { Avatar } from "../ui/Avatar";
import { Menu, MenuItem, MenuSeparator } from "../ui/Menu";
import { useToast } from "../ui/Toast";
import { errorText } from "../i18n/errors";
import { BridgeError } from "../bridge/error";
import styles from "./AccountMenu.module.css";

/** The user's own picture, and behind it what concerns the whole account. */
export function AccountMenu() {
  const app = useApp();
  const { t } = useI18n();
  const toast = useToast();
  const me = useStore(app.profile);
  const connection = useStore(app.connection);
  useStore(app.auth);
  const settingsKeys = useKeysOf("settings");
  const [asking, setAsking] = useState(false);
  const [linking, setLinking] = useState(false);
  const account = app.auth.account;
  if (!account) return null;

  const nickname = me?.profile.nickname ?? account.nickname;
  const online = connection.state === "online" || connection.state === "syncing";
  const report = (work: Promise<unknown>) => {
    work.catch((cause: unknown) => {
      toast({ text: errorText(t, BridgeError.from(cause)), tone: "error" });
    });
  };
  return (
    <>
      <Menu
        side="right"
        align="start"
        trigger={
          <button
            type="button"
            className={styles.trigger}
            aria-label={t("shell.account_menu", { name: nickname })}
          >
            <Avatar
              id={account.user_id}
              name={nickname}
              size={36}
              presence={online ? "online" : "offline"}
            />
          </button>
        }
      >
        <div className={styles.head}>
          <Avatar id={account.user_id} name={nickname} size={36} />
          <div className={styles.who}>
            <div className={styles.name}>{nickname}</div>
            <div className={styles.server}>
              {account.username} · {serverName(account.server)}
            </div>
          </div>
        </div>
        <MenuSeparator />
        <MenuItem
          icon={Settings}
          shortcut={settingsKeys}
          onSelect={() => app.navigation.openSettings("account")}
        >
          {t("shell.settings")}
        </MenuItem>
        <MenuItem
          icon={MonitorSmartphone}
          shortcut={online ? undefined : t("chat.offline")}
          disabled={!online}
          onSelect={() => setLinking(true)}
        >
          {t("link.device_row")}
        </MenuItem>
        <MenuItem icon={ArrowLeftRight} onSelect={() => report(app.auth.leave(false, false))}>
          {t("shell.switch_account")}
        </MenuItem>
        <MenuItem icon={LogOut} onSelect={() => setAsking(true)}>
          {t("shell.sign_out")}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={Power} onSelect={() => report(app.bridge.call("Settings", "Quit"))}>
          {t("shell.quit")}
        </MenuItem>
      </Menu>
      {linking && <LinkDeviceDialog onClose={() => setLinking(false)} />}
      <SignOutDialog open={asking} onOpenChange={setAsking} />
    </>
  );
}
