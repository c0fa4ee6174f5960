import styles from "./Badge.module.css";

type BadgeProps = {
  /** More than 99 shows as 99+; 0 shows nothing. */
  count: number;
  muted?: boolean;
};

/** A number that asks for attention. The control it stands on says it in words. */
export function Badge({ count, muted }: BadgeProps) {
  if (count <= 0) return null;
  return (
    <span className={styles.badge} data-muted={muted || undefined} aria-hidden>
      {count > 99 ? "99+" : count}
    </span>
  );
}
