import type { Quote } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { langOf } from "../../i18n/langOf";
import { quoteWords } from "./quoteWords";
import styles from "./QuoteBlock.module.css";

type QuoteBlockProps = {
  quote: Quote;
  /** What the user calls the other side. */
  peerName: string;
  onJump: (seq: number) => void;
};

/** What a message answers, above its own words; a click shows the original, and so do the menu and a key. */
export function QuoteBlock({ quote, peerName, onJump }: QuoteBlockProps) {
  const { t } = useI18n();
  const words = quoteWords(t, quote);
  return (
    <button
      type="button"
      className={styles.quote}
      tabIndex={-1}
      disabled={quote.kind === "deleted"}
      title={quote.kind === "deleted" ? undefined : t("quote.jump")}
      onClick={() => onJump(quote.seq)}
    >
      {quote.here && (
        <span className={styles.name}>{quote.mine ? t("message.you") : peerName}</span>
      )}
      <span className={styles.text} lang={langOf(words)}>
        {words}
      </span>
    </button>
  );
}
