import { ChevronRight } from "lucide-react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useSelect } from "../../state/store";
import { pages } from "./pages";
import styles from "./SettingsList.module.css";

/** The list of the settings' pages. */
export function SettingsList() {
  const { navigation } = useApp();
  const { t } = useI18n();
  const current = useSelect(navigation, (s) => s.settings);
  return (
    <nav className={styles.nav} aria-label={t("settings.title")}>
      <h2 className={styles.title}>{t("settings.title")}</h2>
      {pages.map(({ page, icon: Icon, title }) => (
        <button
          type="button"
          className={styles.item}
          key={page}
          aria-current={page === (current ?? "account") ? "page" : undefined}
          onClick={() => navigation.openSettings(page)}
        >
          <Icon aria-hidden />
          <span className={styles.text}>{t(title)}</span>
          <ChevronRight className={styles.more} aria-hidden />
        </button>
      ))}
    </nav>
  );
}
