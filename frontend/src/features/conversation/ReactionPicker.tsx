import { lazy, Suspense, useState } from "react";
import type { KeyboardEvent } from "react";
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
  const [at, setAt] = useState(0); // The Tab key stops at this one of the row.
  const close = () => {
    setAll(false);
    setAt(0);
    onClose();
  };
  const pick = (emoji: string) => {
    close();
    onPick(emoji);
  };
  const quick = quickReactions(recent ?? []);
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
        <div
          className={styles.row}
          role="toolbar"
          aria-label={t("reaction.add")}
          onKeyDown={(e) => moveIn(e, setAt)}
        >
          {quick.map((emoji, i) => (
            <button
              type="button"
              key={emoji}
              className={styles.emoji}
              aria-label={t("reaction.with", { emoji })}
              tabIndex={i === at ? 0 : -1}
              onClick={() => pick(emoji)}
            >
              {emoji}
            </button>
          ))}
          <IconButton
            icon={ChevronDown}
            label={t("reaction.more")}
            tooltipSide="top"
            tabIndex={at === quick.length ? 0 : -1}
            onClick={() => setAll(true)}
          />
        </div>
      )}
    </Popover>
  );
}

/** Arrow keys, Home and End go along a row of buttons, and from its ends around. */
function moveIn(e: KeyboardEvent<HTMLElement>, onMove: (to: number) => void) {
  const buttons = [...e.currentTarget.querySelectorAll("button")];
  const from = buttons.findIndex((b) => b === document.activeElement);
  const to = {
    ArrowRight: (from + 1) % buttons.length,
    ArrowLeft: (from - 1 + buttons.length) % buttons.length,
    Home: 0,
    End: buttons.length - 1,
  }[e.key];
  if (to === undefined || e.altKey || e.ctrlKey || e.metaKey) return;
  e.preventDefault();
  onMove(to);
  buttons[to]?.focus();
}
