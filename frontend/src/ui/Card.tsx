import type { ReactNode } from "react";
import styles from "./Card.module.css";

type CardProps = {
  /** Stands above it. */
  title?: string;
  /** Stands below it. */
  note?: ReactNode;
  children: ReactNode;
};

/** A group of rows that belong together. */
export function Card({ title, note, children }: CardProps) {
  return (
    <section className={styles.group}>
      {title && <h3 className={styles.heading}>{title}</h3>}
      <div className={styles.card}>{children}</div>
      {note}
    </section>
  );
}
