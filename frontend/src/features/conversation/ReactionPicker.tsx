import { lazy, Suspense, useState } from "react";
import { ChevronDown } from "lucide-react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useSelect } from "../../state/store";
import { IconButton } from "../../ui/IconButton";
import { Popover } from "../../ui/Popover";
import { quickReactions } from "./reactions";
import styles from "./ReactionPicker.module.css";

// Most messages get one of the usual emoji.
const EmojiPicker = lazy(() => import("./EmojiPicker").then((m) => ({ default: m.EmojiPicker })));

type ReactionPickerProps = {
  /** What it stands beside; null while it is closed. */
  anchor: Element | null;
  onPick: (emoji: string) => void;
  onClose: () => void;
};

/** Lets the user choose an emoji for a message: one of a few, or of all. */
export function ReactionPicker({ anchor, onPick, onClose }: ReactionPickerProps) {
  const { t } = useI18n();
  const { settings } = useApp();
  const recent = useSelect(settings, (s) => s.settings?.recent_emoji);
  const [all, setAll] = useState(false);
  const close = () => {
    setAll(false);
    onClose();
  };
  const pick = (emoji: string) => {
    close();
    onPick(emoji);
  };
  return (
    <Popover
      label={t("reaction.add")}
      open={anchor !== null}
      onOpenChange={(open) => !open && close()}
      side="top"
      align="center"
      anchor={anchor}
      flush
    >
      {all ? (
        <div className={styles.panel}>
          <Suspense fallback={<p className={styles.wait}>{t("emoji.loading")}</p>}>
            <EmojiPicker onPick={pick} />
          </Suspense>
        </div>
      ) : (
        <div className={styles.row}>
          {quickReactions(recent ?? []).map((emoji) => (
            <button
              type="button"
              key={emoji}
              className={styles.emoji}
              aria-label={t("reaction.with", { emoji })}
              onClick={() => pick(emoji)}
            >
              {emoji}
            </button>
          ))}
          <IconButton
            icon={ChevronDown}
            label={t("reaction.more")}
            tooltipSide="top"
            onClick={() => setAll(true)}
          />
        </div>
      )}
    </Popover>
  );
}
