import type { ReactNode } from "react";
import styles from "./CardRow.module.css";

type CardRowProps = {
  /** The id of its name, for the control's aria-labelledby. */
  id?: string;
  icon?: ReactNode;
  title: ReactNode;
  hint?: ReactNode;
  /** The control or the value at the end. */
  children?: ReactNode;
};

/** One line of a Card: a name, what it means, and a control. */
export function CardRow({ id, icon, title, hint, children }: CardRowProps) {
  return (
    <div className={styles.row}>
      {icon}
      <div className={styles.text}>
        <div id={id} className={styles.title}>
          {title}
        </div>
        {hint && <div className={styles.hint}>{hint}</div>}
      </div>
      {children && <div className={styles.end}>{children}</div>}
    </div>
  );
}
