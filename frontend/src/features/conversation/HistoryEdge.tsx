import { CloudOff, LoaderCircle } from "lucide-react";
import { useI18n } from "../../i18n";
import type { MessagesSnapshot } from "../../state/messages";
import { Button } from "../../ui/Button";
import styles from "./HistoryEdge.module.css";

type HistoryEdgeProps = {
  edge: "older" | "newer";
  snapshot: MessagesSnapshot;
  /** What the user calls the other side. */
  name: string;
  onLoad: () => void;
};

/** What stands before the first loaded message and after the last one. */
export function HistoryEdge({ edge, snapshot, name, onLoad }: HistoryEdgeProps) {
  const { t } = useI18n();
  const more = edge === "older" ? snapshot.moreBefore : snapshot.moreAfter;
  if (edge === "older" && !more && !snapshot.missing) {
    return <div className={styles.edge}>{t("chat.beginning", { name })}</div>;
  }
  if (!more && !(edge === "older" && snapshot.missing)) return null;
  if (snapshot.loading === edge) {
    return (
      <div className={styles.edge}>
        <LoaderCircle className={styles.spin} size={16} strokeWidth={1.75} aria-hidden />
        {edge === "older" && t("chat.loading_older")}
      </div>
    );
  }
  const missing = edge === "older" && snapshot.missing;
  if (!snapshot.error && !missing) return <div className={styles.edge} />;
  return (
    <div className={styles.edge}>
      <div className={styles.card}>
        <CloudOff size={16} strokeWidth={1.75} aria-hidden />
        <span className={styles.text}>
          {missing
            ? t("chat.older_missing")
            : edge === "older"
              ? t("chat.older_failed")
              : t("chat.newer_failed")}
        </span>
        <Button size="sm" onClick={onLoad}>
          {t("chat.load_again")}
        </Button>
      </div>
    </div>
  );
}
