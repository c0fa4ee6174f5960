import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronDown } from "lucide-react";
import styles from "./Select.module.css";

type SelectProps<V extends string> = {
  label?: string;
  labelledBy?: string;
  value: V;
  options: readonly { value: V; label: string; lang?: string }[];
  onChange: (value: V) => void;
};

/** One of several, in a list that opens. */
export function Select<V extends string>(props: SelectProps<V>) {
  const { label, labelledBy, value, options, onChange } = props;
  return (
    <Base.Root<V>
      items={options}
      value={value}
      onValueChange={(v) => {
        if (v !== null) onChange(v);
      }}
    >
      <Base.Trigger className={styles.trigger} aria-label={label} aria-labelledby={labelledBy}>
        <Base.Value />
        <ChevronDown className={styles.icon} aria-hidden />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner
          className={styles.positioner}
          sideOffset={4}
          alignItemWithTrigger={false}
          align="end"
        >
          <Base.Popup className={styles.popup}>
            {options.map((o) => (
              <Base.Item className={styles.item} value={o.value} key={o.value} lang={o.lang}>
                <Base.ItemText>{o.label}</Base.ItemText>
                <Base.ItemIndicator className={styles.indicator}>
                  <Check aria-hidden />
                </Base.ItemIndicator>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
