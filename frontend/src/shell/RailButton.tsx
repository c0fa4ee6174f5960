import type { LucideIcon } from "lucide-react";
import { Badge } from "../ui/Badge";
import { Tooltip } from "../ui/Tooltip";
import styles from "./Rail.module.css";

type RailButtonProps = {
  icon: LucideIcon;
  /** Its name with what waits there, for a screen reader. */
  label: string;
  /** Its name alone, for the tooltip. */
  text: string;
  shortcut?: string | undefined;
  count: number;
  current: boolean;
  onClick: () => void;
};

/** One way from the rail. */
export function RailButton(props: RailButtonProps) {
  const { icon: Icon, label, text, shortcut, count, current, onClick } = props;
  return (
    <Tooltip text={text} shortcut={shortcut} side="right">
      <button
        type="button"
        className={styles.button}
        aria-label={label}
        aria-current={current ? "page" : undefined}
        aria-keyshortcuts={shortcut?.replace("Ctrl", "Control")}
        onClick={onClick}
      >
        <Icon aria-hidden />
        <span className={styles.badge}>
          <Badge count={count} />
        </span>
      </button>
    </Tooltip>
  );
}
