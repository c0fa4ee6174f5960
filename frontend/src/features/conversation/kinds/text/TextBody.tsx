import { useState } from "react";
import { useI18n } from "../../../../i18n";
import type { KindProps } from "..";
import { excerpt } from "../../excerpt";
import { RichText } from "../../RichText";
import styles from "./TextBody.module.css";

/** A text with its links; a long one begins folded. */
export function TextBody({ message, onResize }: KindProps) {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  const short = excerpt(message.text);
  if (short === null) return <RichText text={message.text} />;
  return (
    <>
      <RichText text={open ? message.text : `${short}…`} />
      <button
        type="button"
        className={styles.more}
        aria-expanded={open}
        onClick={() => {
          onResize();
          setOpen(!open);
        }}
      >
        {open ? t("message.collapse") : t("message.expand")}
      </button>
    </>
  );
}
