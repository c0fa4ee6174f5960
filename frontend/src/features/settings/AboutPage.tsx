import { ChevronRight, Copy } from "lucide-react";
import { useState } from "react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useStore } from "../../state/store";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { CardRow } from "../../ui/CardRow";
import { useToast } from "../../ui/Toast";
import { Logo } from "../../ui/Logo";
import styles from "./AboutPage.module.css";
import { LicencesDialog, licenceCount } from "./LicencesDialog";
import { SettingsPage } from "./SettingsPage";

const platforms: Record<string, string> = { windows: "Windows", macos: "macOS", linux: "Linux" };

/** Which build this is, where its data lies, and whose work it contains. */
export function AboutPage() {
  const { t } = useI18n();
  const toast = useToast();
  const { about } = useStore(useApp().settings);
  const [licences, setLicences] = useState(false);
  if (!about) return null;

  const platform = platforms[about.platform] ?? about.platform;
  const system =
    about.host === "browser"
      ? t("settings.platform_browser", { platform })
      : t("settings.platform_desktop", { platform });
  const copy = async () => {
    const { version, commit, go_version, host } = about;
    await navigator.clipboard.writeText(
      `MyChat ${version} (${commit}), ${go_version}, ${platform}, ${host}`,
    );
    toast({ text: t("common.copied") });
  };
  return (
    <SettingsPage title="settings.about">
      <Card>
        <div className={styles.product}>
          <Logo size={64} />
          <div className={styles.text}>
            <div className={styles.name}>MyChat</div>
            <div className={styles.version}>
              {t("settings.version", { version: about.version })}
            </div>
            <div className={styles.version}>{t("settings.tagline")}</div>
          </div>
        </div>
      </Card>
      <Card title={t("settings.build")}>
        <CardRow title={t("settings.commit")}>
          <code className={styles.code}>{about.commit || "–"}</code>
        </CardRow>
        <CardRow title={t("settings.go")}>{about.go_version}</CardRow>
        <CardRow title={t("settings.platform")}>{system}</CardRow>
        <CardRow title={t("settings.data_dir")} hint={<code>{about.data_dir}</code>} />
        <CardRow title="">
          <Button variant="outline" icon={Copy} onClick={() => void copy()}>
            {t("settings.copy_build")}
          </Button>
        </CardRow>
      </Card>
      <Card title={t("settings.licence")}>
        <CardRow title={t("settings.licence_text")} />
        <button type="button" className={styles.row} onClick={() => setLicences(true)}>
          <span className={styles.text}>{t("settings.licences")}</span>
          <span className={styles.version}>
            {t("settings.licences_count", { count: licenceCount })}
          </span>
          <ChevronRight aria-hidden />
        </button>
      </Card>
      <LicencesDialog open={licences} onOpenChange={setLicences} />
    </SettingsPage>
  );
}
