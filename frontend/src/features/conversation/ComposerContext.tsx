import { X } from "lucide-react";
import { langOf } from "../../i18n/langOf";
import { IconButton } from "../../ui/IconButton";
import styles from "./ComposerContext.module.css";

/** What the message being written is about. */
export type Context = {
  title: string;
  text: string;
  closeLabel: string;
  onClose: () => void;
  /** What is written has nothing to do with the draft. */
  apart: boolean;
};

/** Stands above the field; Escape in the field closes it too. */
export function ComposerContext({ title, text, closeLabel, onClose }: Omit<Context, "apart">) {
  return (
    <div className={styles.bar}>
      <div className={styles.words}>
        <span className={styles.title}>{title}</span>
        <span className={styles.text} lang={langOf(text)}>
          {text}
        </span>
      </div>
      <IconButton icon={X} label={closeLabel} tooltipSide="top" onClick={onClose} />
    </div>
  );
}
