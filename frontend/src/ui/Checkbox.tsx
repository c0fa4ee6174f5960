import { Checkbox as Base } from "@base-ui/react/checkbox";
import { Check } from "lucide-react";
import { useId } from "react";
import type { ReactNode } from "react";
import styles from "./Checkbox.module.css";

type CheckboxProps = {
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  /** What it means, under its name. */
  hint?: ReactNode;
  children: ReactNode;
};

/** A yes or no that takes effect with the form it stands in. */
export function Checkbox({ checked, onChange, disabled, hint, children }: CheckboxProps) {
  const hintId = useId();
  return (
    <label className={styles.check}>
      <Base.Root
        className={styles.box}
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        aria-describedby={hint ? hintId : undefined}
      >
        <Base.Indicator className={styles.indicator}>
          <Check aria-hidden />
        </Base.Indicator>
      </Base.Root>
      <span>
        {children}
        {hint && (
          <span id={hintId} className={styles.hint}>
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}
