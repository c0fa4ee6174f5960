import { memo, useMemo } from "react";
import type { MouseEvent } from "react";
import { langOf } from "../../i18n/langOf";
import { useApp } from "../../state/app";
import { segments } from "./links";
import styles from "./RichText.module.css";

type RichTextProps = { text: string };

/** A text as it was written, its links openable. Never markup. */
export const RichText = memo(function RichText({ text }: RichTextProps) {
  const { bridge } = useApp();
  const parts = useMemo(() => segments(text), [text]);
  const open = (e: MouseEvent, href: string) => {
    e.preventDefault(); // The page itself never goes anywhere.
    bridge.openLink(href);
  };
  return (
    <span className={styles.text} dir="auto" lang={langOf(text)}>
      {parts.map((part, i) =>
        part.href === null ? (
          part.text
        ) : (
          <a
            key={i}
            href={part.href}
            rel="noopener noreferrer"
            target="_blank"
            draggable={false}
            data-link={part.href}
            onClick={(e) => open(e, part.href ?? "")}
            onAuxClick={(e) => e.button === 1 && open(e, part.href ?? "")}
          >
            {part.text}
          </a>
        ),
      )}
    </span>
  );
});
