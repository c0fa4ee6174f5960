import { lazy, Suspense, useState } from "react";
import type { RefObject } from "react";
import { Smile } from "lucide-react";
import { useI18n } from "../../i18n";
import { IconButton } from "../../ui/IconButton";
import { Popover } from "../../ui/Popover";
import styles from "./EmojiButton.module.css";

// Most conversations never open it.
const EmojiPicker = lazy(() => import("./EmojiPicker").then((m) => ({ default: m.EmojiPicker })));

type EmojiButtonProps = {
  /** The composer: the panel stands above it. */
  anchor: RefObject<Element | null>;
  onPick: (emoji: string) => void;
  /** The panel closed; the writing goes on. */
  onClosed: () => void;
};

/** Opens the emoji above the composer. */
export function EmojiButton({ anchor, onPick, onClosed }: EmojiButtonProps) {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  // Counts openings: the panel may come back before it has faded, and must not
  // bring its last search along.
  const [opening, setOpening] = useState(0);
  const change = (next: boolean) => {
    setOpen(next);
    if (next) setOpening((n) => n + 1);
    if (!next) onClosed();
  };
  return (
    <Popover
      label={t("emoji.label")}
      open={open}
      onOpenChange={change}
      side="top"
      anchor={anchor}
      flush
      trigger={<IconButton icon={Smile} label={t("composer.emoji")} on={open} tooltipSide="top" />}
    >
      <div className={styles.panel}>
        <Suspense fallback={<p className={styles.wait}>{t("emoji.loading")}</p>}>
          <EmojiPicker
            key={opening}
            onPick={(emoji) => {
              change(false);
              onPick(emoji);
            }}
          />
        </Suspense>
      </div>
    </Popover>
  );
}
