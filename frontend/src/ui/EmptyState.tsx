import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./EmptyState.module.css";

type EmptyStateProps = {
  icon: LucideIcon;
  title: string;
  text?: ReactNode;
  tone?: "plain" | "bad";
  /** The level of its title: 1 where it is all that the window shows. */
  level?: 1 | 2;
  /** Buttons: what to do about it. */
  actions?: ReactNode;
};

/** What a pane shows when it has nothing else: why, and what to do. */
export function EmptyState(props: EmptyStateProps) {
  const { icon: Icon, title, text, tone = "plain", level = 2, actions } = props;
  const Title = level === 1 ? "h1" : "h2";
  return (
    <div className={styles.empty} data-tone={tone}>
      <span className={styles.art}>
        <Icon aria-hidden />
      </span>
      <Title className={styles.title}>{title}</Title>
      {text && <p className={styles.text}>{text}</p>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
