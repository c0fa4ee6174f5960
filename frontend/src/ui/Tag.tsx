import type { ReactNode } from "react";
import styles from "./Tag.module.css";

type TagProps = { tone?: "plain" | "accent" | "ok" | "warn" | "bad"; children: ReactNode };

/** A word about the thing it stands beside. */
export function Tag({ tone = "plain", children }: TagProps) {
  return (
    <span className={styles.tag} data-tone={tone}>
      {children}
    </span>
  );
}
