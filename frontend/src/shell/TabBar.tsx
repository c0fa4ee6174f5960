import { CircleUserRound } from "lucide-react";
import { useI18n } from "../i18n";
import { useApp } from "../state/app";
import { useSelect } from "../state/store";
import { Badge } from "../ui/Badge";
import styles from "./TabBar.module.css";
import { useSections } from "./useSections";

/** The sections at the bottom of narrow windows. */
export function TabBar() {
  const { navigation } = useApp();
  const { t } = useI18n();
  const section = useSelect(navigation, (s) => s.section);
  const me = {
    section: "settings" as const,
    icon: CircleUserRound,
    label: t("shell.me"),
    text: t("shell.me"),
    count: 0,
    onClick: () => navigation.openSettings(null),
  };
  return (
    <nav className={styles.bar} aria-label={t("shell.rail")} data-region="tabs" tabIndex={-1}>
      {[...useSections(), me].map(({ section: s, icon: Icon, label, text, count, onClick }) => (
        <button
          type="button"
          className={styles.tab}
          key={s}
          aria-label={label}
          aria-current={s === section ? "page" : undefined}
          onClick={onClick}
        >
          <Icon aria-hidden />
          <span aria-hidden>{text}</span>
          <span className={styles.badge}>
            <Badge count={count} />
          </span>
        </button>
      ))}
    </nav>
  );
}
