import type { CSSProperties } from "react";
import styles from "./Progress.module.css";

type ProgressProps = {
  label: string;
  done: number;
  /** 0 as long as it is not known. */
  total: number;
};

/** How far a piece of work has come. */
export function Progress({ label, done, total }: ProgressProps) {
  const percent = total > 0 ? Math.min(100, Math.floor((done / total) * 100)) : 0;
  const style: CSSProperties = { inlineSize: `${percent}%` };
  return (
    <div
      className={styles.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={total > 0 ? percent : undefined}
    >
      <span className={styles.bar} style={style} />
    </div>
  );
}
