import type { StorageState } from "../../bridge/types";
import { useI18n } from "../../i18n";
import styles from "./StorageBar.module.css";

type StorageBarProps = { state: StorageState };

/** How much the account takes, by kind. */
export function StorageBar({ state }: StorageBarProps) {
  const { t, formats } = useI18n();
  const parts = [
    { kind: "messages", name: t("storage.messages"), bytes: state.data_bytes },
    { kind: "copy", name: t("storage.copy"), bytes: state.copy_bytes },
    { kind: "aside", name: t("storage.aside"), bytes: state.aside_bytes },
  ].filter((p) => p.bytes > 0);
  const sum = parts.reduce((n, p) => n + p.bytes, 0);
  return (
    <div className={styles.row}>
      <div className={styles.head}>
        <span className={styles.sum}>{formats.bytes(sum)}</span>
        <span className={styles.of}>
          {state.free_bytes < 0
            ? t("storage.used")
            : t("storage.used_free", { free: formats.bytes(state.free_bytes) })}
        </span>
      </div>
      <div className={styles.bar} aria-hidden>
        {parts.map((p) => (
          <span key={p.kind} data-kind={p.kind} style={{ flexGrow: p.bytes }} />
        ))}
      </div>
      <ul className={styles.legend}>
        {parts.map((p) => (
          <li key={p.kind}>
            <span className={styles.dot} data-kind={p.kind} aria-hidden />
            {p.name} {formats.bytes(p.bytes)}
          </li>
        ))}
      </ul>
    </div>
  );
}
