import { Cloud } from "lucide-react";
import { useI18n } from "../../i18n";
import styles from "./OnServer.module.css";

/** Marks a message that is not on this device yet. */
export function OnServer() {
  const { t } = useI18n();
  return (
    <span className={styles.mark}>
      <Cloud aria-hidden />
      {t("search.on_server")}
    </span>
  );
}
