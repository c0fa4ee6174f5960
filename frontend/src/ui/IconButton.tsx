import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { cx } from "./cx";
import styles from "./IconButton.module.css";
import { Tooltip } from "./Tooltip";

export type IconButtonProps = Omit<ComponentProps<"button">, "children" | "aria-label"> & {
  icon: LucideIcon;
  /** Its name, also shown as a tooltip. */
  label: string;
  /** Such as "Ctrl+I". */
  shortcut?: string | undefined;
  size?: "sm" | "md" | "lg";
  /** What it opens or turns on is there. */
  on?: boolean;
  danger?: boolean;
  tooltipSide?: "top" | "bottom" | "left" | "right";
};

/** A button with an icon only. */
export function IconButton({
  icon: Icon,
  label,
  shortcut,
  size = "md",
  on,
  danger,
  tooltipSide,
  type = "button",
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} shortcut={shortcut} side={tooltipSide}>
      <button
        type={type}
        className={cx(styles.button, className)}
        data-size={size}
        data-on={on || undefined}
        data-danger={danger || undefined}
        aria-label={label}
        aria-keyshortcuts={shortcut?.replace("Ctrl", "Control")}
        {...rest}
      >
        <Icon aria-hidden />
      </button>
    </Tooltip>
  );
}
