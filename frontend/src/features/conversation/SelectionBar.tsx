import { useEffect } from "react";
import { Copy, Forward, MessagesSquare, Star, StarOff, Trash2, X } from "lucide-react";
import { useI18n } from "../../i18n";
import { Button } from "../../ui/Button";
import { IconButton } from "../../ui/IconButton";
import { inDialog } from "../../ui/inDialog";
import { maxForwarded } from "./selection";
import styles from "./SelectionBar.module.css";

type SelectionBarProps = {
  count: number;
  /** All that can have a star have one. */
  starred: boolean;
  onStar: () => void;
  onRemove: () => void;
  onForward: () => void;
  onMerge: () => void;
  onCopy: () => void;
  onEnd: () => void;
};

/** What can be done with the selected messages; it stands where one writes. */
export function SelectionBar(props: SelectionBarProps) {
  const { count, starred, onStar, onRemove, onForward, onMerge, onCopy, onEnd } = props;
  const { t } = useI18n();

  // Escape leaves it, whatever has the focus: the document hears keys.
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.key !== "Escape" || e.defaultPrevented || inDialog(e)) return;
      e.preventDefault();
      onEnd();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [onEnd]);

  const tooMany = count > maxForwarded;
  const none = count === 0;
  return (
    <div className={styles.bar} role="toolbar" aria-label={t("select.label")}>
      <IconButton
        icon={X}
        label={t("select.end")}
        shortcut="Esc"
        tooltipSide="top"
        onClick={onEnd}
      />
      <span className={styles.count} role="status" data-error={tooMany || undefined}>
        {tooMany ? t("select.too_many", { count: maxForwarded }) : t("select.count", { count })}
      </span>
      <IconButton
        icon={starred ? StarOff : Star}
        label={starred ? t("star.off") : t("star.on")}
        shortcut="S"
        tooltipSide="top"
        disabled={none}
        onClick={onStar}
      />
      <IconButton
        icon={Trash2}
        label={t("delete.open")}
        shortcut="D"
        danger
        tooltipSide="top"
        disabled={none}
        onClick={onRemove}
      />
      <span className={styles.acts}>
        <Button icon={Copy} disabled={none} onClick={onCopy}>
          {t("message.copy")}
        </Button>
        {count !== 1 && (
          <Button icon={MessagesSquare} disabled={none || tooMany} onClick={onMerge}>
            {t("select.merge")}
          </Button>
        )}
        <Button variant="primary" icon={Forward} disabled={none || tooMany} onClick={onForward}>
          {t(count === 1 ? "select.forward_one" : "select.forward")}
        </Button>
      </span>
    </div>
  );
}
