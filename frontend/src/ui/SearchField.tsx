import { Search, X } from "lucide-react";
import type { ComponentProps } from "react";
import { IconButton } from "./IconButton";
import { Kbd } from "./Kbd";
import { cx } from "./cx";
import styles from "./SearchField.module.css";
import { useOwnKeys } from "./useIme";

type SearchFieldProps = Omit<ComponentProps<"input">, "onChange" | "value"> & {
  label: string;
  value: string;
  onChange: (value: string) => void;
  clearLabel: string;
  /** Shown at the end while it is empty. */
  shortcut?: string;
};

/** A search box. Escape empties it before it closes anything else. */
export function SearchField({
  label,
  value,
  onChange,
  clearLabel,
  shortcut,
  className,
  placeholder = label,
  onKeyDown,
  ...rest
}: SearchFieldProps) {
  const keys = useOwnKeys({
    ...rest,
    onKeyDown: (e) => {
      if (e.key === "Escape" && value) {
        e.stopPropagation();
        onChange("");
      } else onKeyDown?.(e);
    },
  });
  return (
    <div className={cx(styles.box, className)} role="search">
      <Search aria-hidden />
      <input
        className={styles.input}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        aria-label={label}
        aria-keyshortcuts={shortcut?.replace("Ctrl", "Control")}
        placeholder={placeholder}
        value={value}
        onChange={(e) => onChange(e.target.value)}
        {...rest}
        {...keys}
      />
      {value ? (
        <IconButton icon={X} label={clearLabel} size="sm" onClick={() => onChange("")} />
      ) : (
        shortcut && <Kbd keys={shortcut} plain />
      )}
    </div>
  );
}
