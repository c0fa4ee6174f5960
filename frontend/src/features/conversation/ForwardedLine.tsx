import { Forward } from "lucide-react";
import { useI18n } from "../../i18n";
import styles from "./ForwardedLine.module.css";

/** Whose words a message repeats, above them. */
export function ForwardedLine({ name }: { name: string }) {
  const { t } = useI18n();
  return (
    <span className={styles.line}>
      <Forward aria-hidden />
      {t("message.forwarded", { name })}
    </span>
  );
}
