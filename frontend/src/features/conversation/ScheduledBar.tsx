import { CircleAlert, Clock3 } from "lucide-react";
import { useI18n } from "../../i18n";
import styles from "./ScheduledBar.module.css";

type ScheduledBarProps = { waiting: number; failed: number; onOpen: () => void };

/** Says above the composer that messages are to be sent later, or were not. */
export function ScheduledBar({ waiting, failed, onOpen }: ScheduledBarProps) {
  const { t } = useI18n();
  if (waiting + failed === 0) return null;
  return (
    <button
      type="button"
      className={styles.bar}
      data-failed={failed > 0 || undefined}
      onClick={onOpen}
    >
      {failed > 0 ? <CircleAlert aria-hidden /> : <Clock3 aria-hidden />}
      <span className={styles.words}>
        {failed > 0 ? t("later.failed", { count: failed }) : t("later.list", { count: waiting })}
      </span>
      <span className={styles.show}>{t("later.show")}</span>
    </button>
  );
}
