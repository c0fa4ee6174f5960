import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import styles from "./Segment.module.css";

type SegmentProps<V extends string> = {
  label?: string;
  labelledBy?: string;
  value: V;
  options: readonly { value: V; label: string }[];
  onChange: (value: V) => void;
};

/** One of a few, all in sight. Arrow keys move between them. */
export function Segment<V extends string>(props: SegmentProps<V>) {
  const { label, labelledBy, value, options, onChange } = props;
  return (
    <RadioGroup<V>
      className={styles.segment}
      aria-label={label}
      aria-labelledby={labelledBy}
      value={value}
      onValueChange={(v) => onChange(v)}
    >
      {options.map((o) => (
        <Radio.Root className={styles.option} value={o.value} key={o.value} aria-label={o.label}>
          {o.label}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
