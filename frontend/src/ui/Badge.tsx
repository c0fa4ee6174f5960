import styles from "./Badge.module.css";

type BadgeProps = {
  /** More than 99 shows as 99+; 0 shows nothing, or the dot. */
  count: number;
  /** Without a number there is still something. */
  dot?: boolean;
  muted?: boolean;
};

/** A number that asks for attention. The control it stands on says it in words. */
export function Badge({ count, dot = false, muted }: BadgeProps) {
  if (count <= 0 && !dot) return null;
  return (
    <span
      className={styles.badge}
      data-muted={muted || undefined}
      data-dot={count <= 0 || undefined}
      aria-hidden
    >
      {count > 99 ? "99+" : count > 0 && count}
    </span>
  );
}
