import { useEffect, useRef } from "react";
import styles from "./Chips.module.css";

type ChipsProps<V extends string> = {
  label: string;
  value: V;
  options: readonly { value: V; label: string; count?: string | number | undefined }[];
  onChange: (value: V) => void;
};

/** What of a list is shown: one of several kinds, with how much there is of it. */
export function Chips<V extends string>({ label, value, options, onChange }: ChipsProps<V>) {
  const group = useRef<HTMLDivElement>(null);
  // Where the browser scrolls is outside React: the chosen one comes into view.
  useEffect(() => {
    group.current
      ?.querySelector('[aria-pressed="true"]')
      ?.scrollIntoView({ inline: "nearest", block: "nearest" });
  }, [value]);
  return (
    <div
      ref={group}
      className={styles.chips}
      role="group"
      aria-label={label}
      onWheel={(e) => e.currentTarget.scrollBy({ left: e.deltaY })}
    >
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
