import { useI18n } from "../../i18n";
import { Hidden } from "../../ui/Hidden";
import { Skeleton } from "../../ui/Skeleton";
import styles from "./ConversationSkeleton.module.css";

/** Sizes of the bubbles to come, in pixels; own ones stand at the end. */
const bubbles = [
  { side: "theirs", width: 320, height: 60 },
  { side: "theirs", width: 236, height: 40 },
  { side: "mine", width: 200, height: 40 },
  { side: "theirs", width: 344, height: 120 },
  { side: "mine", width: 280, height: 60 },
  { side: "mine", width: 150, height: 40 },
  { side: "theirs", width: 260, height: 40 },
] as const;

/** The messages' places while they are on their way. */
export function ConversationSkeleton() {
  const { t } = useI18n();
  return (
    <div className={styles.messages} role="status">
      <Hidden>{t("chat.opening")}</Hidden>
      {bubbles.map((b, i) => (
        <div className={styles.message} data-side={b.side} key={i}>
          {b.side === "theirs" && <Skeleton shape="avatar" width={36} height={36} />}
          <div className={styles.stack}>
            {b.side === "theirs" && <Skeleton width={72} height={10} />}
            <Skeleton shape="bubble" width={`min(${b.width}px, 60vw)`} height={b.height} />
          </div>
        </div>
      ))}
    </div>
  );
}
