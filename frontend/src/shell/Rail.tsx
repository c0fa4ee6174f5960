import { Settings, Star } from "lucide-react";
import { useI18n } from "../i18n";
import { useApp } from "../state/app";
import { useKeysOf } from "../state/shortcuts";
import { useSelect } from "../state/store";
import { AccountMenu } from "./AccountMenu";
import { RailButton } from "./RailButton";
import styles from "./Rail.module.css";
import { useSections } from "./useSections";

/** The icons at the edge of wide windows: the account, the sections, the settings. */
export function Rail() {
  const { navigation } = useApp();
  const { t } = useI18n();
  const section = useSelect(navigation, (s) => s.section);
  return (
    <nav className={styles.rail} aria-label={t("shell.rail")} data-region="rail" tabIndex={-1}>
      <div className={styles.account}>
        <AccountMenu />
      </div>
      {useSections().map((s) => (
        <RailButton {...s} key={s.section} current={section === s.section} />
      ))}
      <RailButton
        icon={Star}
        label={t("star.title")}
        text={t("star.title")}
        shortcut={useKeysOf("starred")}
        count={0}
        current={false}
        onClick={() => navigation.setStarred(true)}
      />
      <span className={styles.space} />
      <RailButton
        icon={Settings}
        label={t("shell.settings")}
        text={t("shell.settings")}
        shortcut={useKeysOf("settings")}
        count={0}
        current={section === "settings"}
        onClick={() => navigation.openSettings(navigation.getSnapshot().settings ?? "account")}
      />
    </nav>
  );
}
