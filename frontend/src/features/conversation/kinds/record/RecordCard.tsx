import type { RecordCard as Card } from "../../../../bridge/types";
import { useI18n } from "../../../../i18n";
import { langOf } from "../../../../i18n/langOf";
import styles from "./RecordCard.module.css";
import { recordTitle } from "./recordTitle";

type RecordCardProps = {
  card: Card;
  /** Without it the card only shows what it is. */
  onOpen?: () => void;
};

/** A record at a glance: whose conversation, its first lines, and how many there are. */
export function RecordCard({ card, onOpen }: RecordCardProps) {
  const { t } = useI18n();
  const content = (
    <>
      <span className={styles.title}>{recordTitle(t, card.names)}</span>
      {card.lines.map((line, i) => (
        <span key={i} className={styles.line} lang={langOf(line.text)}>
          {t("record.line", { name: line.name, text: line.text })}
        </span>
      ))}
      <span className={styles.foot}>{t("record.count", { count: card.count })}</span>
    </>
  );
  if (!onOpen) return <span className={styles.card}>{content}</span>;
  return (
    <button type="button" className={styles.card} data-record onClick={onOpen}>
      {content}
    </button>
  );
}
