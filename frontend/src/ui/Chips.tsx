import styles from "./Chips.module.css";

type ChipsProps<V extends string> = {
  label: string;
  value: V;
  options: readonly { value: V; label: string; count?: string | number | undefined }[];
  onChange: (value: V) => void;
};

/** What of a list is shown: one of several kinds, with how much there is of it. */
export function Chips<V extends string>({ label, value, options, onChange }: ChipsProps<V>) {
  return (
    <div className={styles.chips} role="group" aria-label={label}>
      {options.map((o) => (
        <button
          key={o.value}
          type="button"
          aria-pressed={o.value === value}
          onClick={() => onChange(o.value)}
        >
          {o.label} {o.count !== undefined && <b>{o.count}</b>}
        </button>
      ))}
    </div>
  );
}
