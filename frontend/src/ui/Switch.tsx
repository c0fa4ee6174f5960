import { Switch as Base } from "@base-ui/react/switch";
import styles from "./Switch.module.css";

type SwitchProps = {
  /** The id of the text that names it, or a name. */
  labelledBy?: string;
  label?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
};

/** An on or off that takes effect at once. */
export function Switch({ labelledBy, label, checked, onChange, disabled }: SwitchProps) {
  return (
    <Base.Root
      className={styles.switch}
      checked={checked}
      onCheckedChange={onChange}
      disabled={disabled}
      aria-labelledby={labelledBy}
      aria-label={label}
    >
      <Base.Thumb className={styles.thumb} />
    </Base.Root>
  );
}
