import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useSelect, useStore } from "../../state/store";
import styles from "./HistoryLine.module.css";

/** Fewer messages than this come before anybody could read the line. */
const worthTelling = 2_000;

/** Says quietly how far the history of a new device has come. It opens where it can be paused. */
export function HistoryLine() {
  const app = useApp();
  const { t, formats } = useI18n();
  const history = useStore(app.storage)?.history;
  const online = useSelect(app.connection, (c) => c.state === "online" || c.state === "syncing");
  if (!history || !online || history.paused || history.total - history.here < worthTelling) {
    return null;
  }
  const share = history.here / history.total;
  return (
    <button
      type="button"
      className={styles.line}
      onClick={() => app.navigation.openSettings("storage")}
    >
      {t("storage.history_progress", {
        here: formats.number(history.here),
        total: formats.number(history.total),
      })}
      <span className={styles.bar} aria-hidden>
        <span style={{ inlineSize: `${share * 100}%` }} />
      </span>
    </button>
  );
}
