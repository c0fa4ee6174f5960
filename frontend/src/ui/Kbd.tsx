import styles from "./Kbd.module.css";

type KbdProps = {
  /** Such as "Ctrl+K". */
  keys: string;
  /** Without the look of keys: inside tooltips and menus. */
  plain?: boolean;
};

/** A keyboard shortcut. */
export function Kbd({ keys, plain = false }: KbdProps) {
  if (plain) return <span className={styles.plain}>{keys}</span>;
  return (
    <span className={styles.keys}>
      {keys.split("+").map((key) => (
        <kbd className={styles.key} key={key}>
          {key}
        </kbd>
      ))}
    </span>
  );
}
