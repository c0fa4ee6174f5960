import type { ComponentProps, ReactNode } from "react";
import styles from "./ListRow.module.css";

type ListRowProps = Omit<ComponentProps<"button">, "className" | "type"> & {
  /** The picture at its beginning, as wide as the size says: 36 or 44 pixels. */
  face: ReactNode;
  size: "md" | "lg";
  /** It is shown in the pane beside the list. */
  open: boolean;
  /** The Tab key stops at it. */
  current: boolean;
};

/** One person or conversation of a list; its children are the lines of words. */
export function ListRow({ face, size, open, current, children, ...rest }: ListRowProps) {
  return (
    <button
      type="button"
      className={styles.row}
      data-size={size}
      aria-current={open ? "true" : undefined}
      tabIndex={current ? 0 : -1}
      {...rest}
    >
      <span className={styles.face}>{face}</span>
      <span className={styles.words}>{children}</span>
    </button>
  );
}
