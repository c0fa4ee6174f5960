import { useId } from "react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useSelect } from "../../state/store";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { CardRow } from "../../ui/CardRow";
import { Segment } from "../../ui/Segment";
import { SettingsPage } from "./SettingsPage";
import { ScopeNote } from "./ScopeNote";
import { SettingSwitch } from "./SettingSwitch";
import { useSettings } from "./useSettings";

/** How writing and reading work, and what closing the window does. */
export function ChatPage() {
  const app = useApp();
  const { t } = useI18n();
  const [settings, change] = useSettings();
  const id = useId();
  const previews = useSelect(app.offered, (o) => o?.link_previews ?? false);
  const mac = app.settings.getSnapshot().about?.platform === "macos";
  return (
    <SettingsPage title="settings.chat">
      <Card note={<ScopeNote of="ctrl_enter" />}>
        <CardRow
          id={id}
          title={t("settings.send_key")}
          hint={
            settings.ctrl_enter ? t("settings.send_ctrl_enter_hint") : t("settings.send_enter_hint")
          }
        >
          <Segment
            labelledBy={id}
            value={settings.ctrl_enter ? "ctrl" : "enter"}
            options={[
              { value: "enter", label: t("settings.send_enter") },
              {
                value: "ctrl",
                label: mac ? t("settings.send_cmd_enter") : t("settings.send_ctrl_enter"),
              },
            ]}
            onChange={(v) => change({ ctrl_enter: v === "ctrl" })}
          />
        </CardRow>
      </Card>
      {previews && (
        <Card title={t("settings.reading")} note={<ScopeNote of="link_previews" />}>
          <SettingSwitch
            title={t("settings.link_previews")}
            hint={t("settings.link_previews_hint")}
            checked={settings.link_previews}
            onChange={(link_previews) => change({ link_previews })}
          />
        </Card>
      )}
      <Card title={t("settings.list")}>
        <CardRow title={t("folders.title")} hint={t("settings.folders_hint")}>
          <Button variant="outline" onClick={() => app.folders.open()}>
            {t("folders.manage")}
          </Button>
        </CardRow>
      </Card>
      {app.bridge.host.kind === "desktop" && (
        <Card title={t("settings.window")} note={<ScopeNote of="close_to_background" />}>
          <SettingSwitch
            title={t("settings.background")}
            hint={t("settings.background_hint")}
            checked={settings.close_to_background}
            onChange={(close_to_background) => change({ close_to_background })}
          />
        </Card>
      )}
    </SettingsPage>
  );
}
