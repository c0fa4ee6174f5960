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
  const names = options.map((o) => o.value).join(" ");
  // Where the browser scrolls is outside React: the chosen one comes into view, and
  // again when others come before it.
  useEffect(() => {
    group.current
      ?.querySelector('[aria-pressed="true"]')
      ?.scrollIntoView({ inline: "nearest", block: "nearest" });
  }, [names, value]);
  // So is whether there are more than fit: they fade at that edge.
  useEffect(() => {
    const el = group.current;
    if (!el) return;
    const look = () => {
      const before = Math.abs(el.scrollLeft) > 1;
      const after = Math.abs(el.scrollLeft) + el.clientWidth < el.scrollWidth - 1;
      el.toggleAttribute("data-before", before);
      el.toggleAttribute("data-after", after);
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(el);
    el.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      el.removeEventListener("scroll", look);
    };
  }, [names]);
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
