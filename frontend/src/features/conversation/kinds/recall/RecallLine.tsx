import { useEffect, useState } from "react";
import { useI18n } from "../../../../i18n";
import type { KindProps } from "..";
import styles from "./RecallLine.module.css";

/** Who took a message back; for a while one's own words can be written again. */
export function RecallLine({ message, peerName, again }: KindProps) {
  const { t } = useI18n();
  const [offered, setOffered] = useState(again !== null);
  const untilMs = again?.untilMs;
  useEffect(() => {
    if (untilMs === undefined) return;
    const timer = setTimeout(() => setOffered(false), Math.max(0, untilMs - Date.now()));
    return () => clearTimeout(timer);
  }, [untilMs]);
  if (!message.mine) return t("message.recalled_theirs", { name: peerName });
  return (
    <>
      {t("message.recalled_mine")}
      {offered && again && (
        <button type="button" className={styles.again} onClick={again.write}>
          {t("message.edit_again")}
        </button>
      )}
    </>
  );
}
