import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import styles from "./Button.module.css";
import { cx } from "./cx";

export type ButtonProps = ComponentProps<"button"> & {
  variant?: "neutral" | "primary" | "outline" | "ghost" | "soft" | "danger" | "dangerSoft";
  size?: "sm" | "md" | "lg";
  block?: boolean;
  icon?: LucideIcon;
  /** Its action is under way: it keeps focus and its name, and does nothing. */
  loading?: boolean;
};

/** A button with words. Its name is a verb. */
export function Button({
  variant = "neutral",
  size = "md",
  block = false,
  icon: Icon,
  loading = false,
  type = "button",
  className,
  onClick,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type}
      className={cx(styles.button, className)}
      data-variant={variant}
      data-size={size}
      data-block={block || undefined}
      aria-disabled={loading || undefined}
      aria-busy={loading || undefined}
      onClick={(e) => {
        if (loading) e.preventDefault();
        else onClick?.(e);
      }}
      {...rest}
    >
      {loading ? <span className={styles.spinner} aria-hidden /> : Icon && <Icon aria-hidden />}
      {children}
    </button>
  );
}
