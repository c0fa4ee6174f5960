import { X } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./IconButton";
import styles from "./Banner.module.css";

type BannerProps = {
  tone: "info" | "warn" | "bad";
  icon: LucideIcon;
  /** A button or two at the end. */
  action?: ReactNode;
  /** Takes it away, where it does not go by itself. */
  dismiss?: { label: string; onClick: () => void };
  children: ReactNode;
};

/** A line across a pane about the state of the whole pane. */
export function Banner({ tone, icon: Icon, action, dismiss, children }: BannerProps) {
  return (
    <div className={styles.banner} data-tone={tone}>
      <Icon aria-hidden />
      <div className={styles.text} role="status">
        {children}
      </div>
      {action}
      {dismiss && <IconButton icon={X} size="sm" {...dismiss} />}
    </div>
  );
}
