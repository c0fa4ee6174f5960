import { useId } from "react";
import type { Language } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { Card } from "../../ui/Card";
import { CardRow } from "../../ui/CardRow";
import { Segment } from "../../ui/Segment";
import { Select } from "../../ui/Select";
import { AccentChoice } from "./AccentChoice";
import { ScopeNote } from "./ScopeNote";
import { SettingsPage } from "./SettingsPage";
import { ThemeChoice } from "./ThemeChoice";
import { useSettings } from "./useSettings";

/** The sizes of messages, in pixels, as the engine keeps them. */
const sizes = [13, 14, 15, 16, 18];

/** Theme, colour, sizes and language; each takes effect at once. */
export function AppearancePage() {
  const { t } = useI18n();
  const [settings, change] = useSettings();
  const id = useId();
  return (
    <SettingsPage title="settings.appearance">
      <Card title={t("settings.theme")} note={<ScopeNote of="theme" />}>
        <ThemeChoice value={settings.theme} onChange={(theme) => change({ theme })} />
      </Card>
      <Card title={t("settings.colour_and_size")} note={<ScopeNote of="accent" />}>
        <CardRow id={`${id}-accent`} title={t("settings.accent")}>
          <AccentChoice
            labelledBy={`${id}-accent`}
            value={settings.accent}
            onChange={(accent) => change({ accent })}
          />
        </CardRow>
        <CardRow id={`${id}-size`} title={t("settings.message_size")}>
          <Segment
            labelledBy={`${id}-size`}
            value={String(settings.message_size || 14)}
            options={sizes.map((n) => ({ value: String(n), label: String(n) }))}
            onChange={(v) => change({ message_size: Number(v) })}
          />
        </CardRow>
        <CardRow id={`${id}-density`} title={t("settings.density")}>
          <Segment
            labelledBy={`${id}-density`}
            value={settings.compact ? "compact" : "comfortable"}
            options={[
              { value: "comfortable", label: t("settings.density_comfortable") },
              { value: "compact", label: t("settings.density_compact") },
            ]}
            onChange={(v) => change({ compact: v === "compact" })}
          />
        </CardRow>
      </Card>
      <Card title={t("settings.language")} note={<ScopeNote of="language" />}>
        <CardRow id={`${id}-language`} title={t("settings.language")}>
          <Select<Language>
            labelledBy={`${id}-language`}
            value={settings.language}
            options={[
              { value: "", label: t("settings.language_system") },
              { value: "zh-CN", label: "简体中文", lang: "zh-CN" },
              { value: "en", label: "English", lang: "en" },
            ]}
            onChange={(language) => change({ language })}
          />
        </CardRow>
      </Card>
    </SettingsPage>
  );
}
