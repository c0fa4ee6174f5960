import { useI18n } from "../../../../i18n";
import type { KindProps } from "..";
import styles from "./PinLine.module.css";
import { pinWords } from "./pinWords";

/** Who pinned which message; a click shows that one. */
export function PinLine({ message, peerName, onJump }: KindProps) {
  const { t } = useI18n();
  const { quote } = message;
  const words = pinWords(t, message, peerName);
  if (!quote || quote.kind === "deleted") return words;
  return (
    <button
      type="button"
      className={styles.line}
      title={t("quote.jump")}
      onClick={() => onJump(quote.seq)}
    >
      {words}
    </button>
  );
}
