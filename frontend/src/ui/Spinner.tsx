import styles from "./Spinner.module.css";

type SpinnerProps = { label: string; size?: number };

/** Something is under way. */
export function Spinner({ label, size = 16 }: SpinnerProps) {
  return (
    <span
      className={styles.spinner}
      style={{ width: size, height: size }}
      role="img"
      aria-label={label}
    />
  );
}
