import type { Hit } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { Avatar } from "../../ui/Avatar";
import { Marked } from "../../ui/Marked";
import { OnServer } from "./OnServer";
import styles from "./FoundMessage.module.css";

type FoundMessageProps = {
  hit: Hit;
  /** Who wrote it, and what their face is called. */
  name: string;
  face: string;
  /** It is not on this device. */
  onServer: boolean;
  /** It is the one that was gone to. */
  current: boolean;
  onChoose: () => void;
};

/** A message that was found in a conversation. */
export function FoundMessage({ hit, name, face, onServer, current, onChoose }: FoundMessageProps) {
  const { formats } = useI18n();
  const { message, snippet } = hit;
  return (
    <button
      type="button"
      className={styles.row}
      aria-current={current ? "true" : undefined}
      onClick={onChoose}
    >
      <Avatar id={message.sender} name={face} size={32} />
      <span className={styles.words}>
        <span className={styles.line}>
          <span className={styles.name}>{name}</span>
          {onServer && <OnServer />}
          <time dateTime={new Date(message.created_ms).toISOString()}>
            {formats.listTime(message.created_ms)}
          </time>
        </span>
        <span className={styles.text}>
          <Marked parts={snippet} />
        </span>
      </span>
    </button>
  );
}
