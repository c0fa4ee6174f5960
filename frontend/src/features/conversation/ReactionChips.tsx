import type { Message } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { Tooltip } from "../../ui/Tooltip";
import styles from "./ReactionChips.module.css";
import { namesOf } from "./reactions";

type ReactionChipsProps = {
  message: Message;
  /** The user's own id. */
  me: string;
  peerName: string;
  /** The Tab key stops at them. */
  reachable: boolean;
  /** The user may not react. */
  disabled: boolean;
  onReact: (id: string, emoji: string) => void;
};

/** What was put to a message; pressing one adds the user's own or takes it away. */
export function ReactionChips(props: ReactionChipsProps) {
  const { message, me, peerName, reachable, disabled, onReact } = props;
  const { t } = useI18n();
  return (
    <div className={styles.chips} role="group" aria-label={t("reaction.list")}>
      {message.reactions.map(({ emoji, users }) => {
        const names = namesOf(t, users, me, peerName);
        return (
          <Tooltip key={emoji} text={names} side="top">
            <button
              type="button"
              className={styles.chip}
              tabIndex={reachable ? 0 : -1}
              aria-pressed={users.includes(me)}
              aria-disabled={disabled}
              aria-label={t("reaction.chip", { emoji, count: users.length, names })}
              onClick={() => !disabled && onReact(message.id, emoji)}
            >
              <span className={styles.emoji}>{emoji}</span>
              {users.length}
            </button>
          </Tooltip>
        );
      })}
    </div>
  );
}
