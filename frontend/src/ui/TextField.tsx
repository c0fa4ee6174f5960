import { CircleAlert, CircleCheck } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { useId } from "react";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx";
import styles from "./TextField.module.css";
import { useOwnKeys } from "./useIme";

export type TextFieldProps = Omit<ComponentProps<"input">, "size"> & {
  label: string;
  /** The label is spoken but not drawn: where the placeholder or place says it. */
  hideLabel?: boolean;
  icon?: LucideIcon;
  /** What to know before typing. An error or ok takes its place. */
  hint?: ReactNode;
  /** What is wrong and what to do. */
  error?: ReactNode;
  /** What is right about it. */
  ok?: ReactNode;
  /** Controls inside the box, at its end. */
  trailing?: ReactNode;
  size?: "sm" | "md";
};

/** A line of text with its label and, under it, a hint or what is wrong. */
export function TextField({
  label,
  hideLabel = false,
  icon: Icon,
  hint,
  error,
  ok,
  trailing,
  size = "md",
  className,
  id,
  ...rest
}: TextFieldProps) {
  const own = useId();
  const keys = useOwnKeys(rest);
  const inputId = id ?? own;
  const hintId = `${inputId}-hint`;
  const state = error ? "error" : ok ? "ok" : "plain";
  const text = error || ok || hint;
  return (
    <div className={cx(styles.field, className)}>
      {!hideLabel && (
        <label className={styles.label} htmlFor={inputId}>
          {label}
        </label>
      )}
      <span className={styles.box} data-size={size} data-error={Boolean(error) || undefined}>
        {Icon && <Icon className={styles.icon} aria-hidden />}
        <input
          id={inputId}
          className={styles.input}
          aria-label={hideLabel ? label : undefined}
          aria-invalid={Boolean(error) || undefined}
          aria-describedby={text ? hintId : undefined}
          {...rest}
          {...keys}
        />
        {trailing}
      </span>
      {/* The region stays, so that a screen reader hears what appears in it. */}
      <span id={hintId} className={styles.hint} data-state={state} role="status">
        {text && (
          <>
            {state === "error" && <CircleAlert aria-hidden />}
            {state === "ok" && <CircleCheck aria-hidden />}
            <span>{text}</span>
          </>
        )}
      </span>
    </div>
  );
}
