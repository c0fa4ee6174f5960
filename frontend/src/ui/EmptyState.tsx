import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./EmptyState.module.css";

type EmptyStateProps = {
  icon: LucideIcon;
  title: string;
  text?: ReactNode;
  tone?: "plain" | "bad";
  /** Buttons: what to do about it. */
  actions?: ReactNode;
};

/** What a pane shows when it has nothing else: why, and what to do. */
export function EmptyState({ icon: Icon, title, text, tone = "plain", actions }: EmptyStateProps) {
  return (
    <div className={styles.empty} data-tone={tone}>
      <span className={styles.art}>
        <Icon aria-hidden />
      </span>
      <h2 className={styles.title}>{title}</h2>
      {text && <p className={styles.text}>{text}</p>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
