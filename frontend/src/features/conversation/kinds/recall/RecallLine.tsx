import { useEffect, useState } from "react";
import { Clock3 } from "lucide-react";
import { useI18n } from "../../../../i18n";
import type { KindProps } from "..";
import styles from "./RecallLine.module.css";

/** Who took a message back; for a while one's own words can be written again. */
export function RecallLine({ message, peerName, onAgain }: KindProps) {
  const { t } = useI18n();
  const { again } = message;
  const [overMs, setOverMs] = useState(0); // The offer that ended while it was shown.
  const untilMs = again?.until_ms;
  useEffect(() => {
    if (untilMs === undefined) return;
    const timer = setTimeout(() => setOverMs(untilMs), Math.max(0, untilMs - Date.now()));
    return () => clearTimeout(timer);
  }, [untilMs]);
  if (!message.mine) return t("message.recalled_theirs", { name: peerName });
  return (
    <>
      {message.waiting === "recall" && (
        <span className={styles.waits} title={t("message.recall_waiting")}>
          <Clock3
            size={14}
            strokeWidth={1.75}
            role="img"
            aria-label={t("message.recall_waiting")}
          />
        </span>
      )}
      {t("message.recalled_mine")}
      {again && overMs !== again.until_ms && (
        <button type="button" className={styles.again} onClick={() => onAgain(again.text)}>
          {t("message.edit_again")}
        </button>
      )}
    </>
  );
}
