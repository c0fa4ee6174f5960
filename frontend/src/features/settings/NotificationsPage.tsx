import { useState } from "react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { CardRow } from "../../ui/CardRow";
import { Tag } from "../../ui/Tag";
import { ScopeNote } from "./ScopeNote";
import { SettingsPage } from "./SettingsPage";
import { SettingSwitch } from "./SettingSwitch";
import { useSettings } from "./useSettings";

/** Whether messages may disturb, and how. */
export function NotificationsPage() {
  const { host } = useApp().bridge;
  const { t } = useI18n();
  const [settings, change] = useSettings();
  const [permission, setPermission] = useState(host.noticePermission);
  const ask = async () => setPermission(await host.askNoticePermission());
  return (
    <SettingsPage title="settings.notifications">
      <Card note={<ScopeNote of="notify" />}>
        <SettingSwitch
          title={t("settings.notify")}
          hint={t("settings.notify_hint")}
          checked={settings.notify}
          onChange={(notify) => {
            change({ notify });
            // A browser answers only to a click, and this is one.
            if (notify && permission === "default") void ask();
          }}
        />
        {permission !== "unsupported" && (
          <CardRow
            title={t("settings.notify_browser")}
            hint={permission === "denied" ? t("settings.notify_denied") : undefined}
          >
            {permission === "granted" && <Tag tone="ok">{t("settings.notify_allowed")}</Tag>}
            {permission === "default" && (
              <Button variant="outline" onClick={() => void ask()}>
                {t("settings.notify_allow")}
              </Button>
            )}
          </CardRow>
        )}
      </Card>
      <Card note={<ScopeNote of="sound" />}>
        <SettingSwitch
          title={t("settings.notify_preview")}
          hint={t("settings.notify_preview_hint")}
          checked={settings.notify_preview}
          onChange={(notify_preview) => change({ notify_preview })}
        />
        <SettingSwitch
          title={t("settings.sound")}
          checked={settings.sound}
          onChange={(sound) => change({ sound })}
        />
      </Card>
    </SettingsPage>
  );
}
