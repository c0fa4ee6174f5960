import { memo, useMemo } from "react";
import type { ReactNode } from "react";
import { langOf } from "../../i18n/langOf";
import { parse } from "../../ui/markup";
import type { Block, Piece } from "../../ui/markup";
import { CodeBlock } from "./CodeBlock";
import { segments } from "./links";
import { OutLink } from "./OutLink";
import styles from "./RichText.module.css";

type RichTextProps = { text: string };

/** A text as it was written, with its little markup drawn and its links openable. Never HTML. */
export const RichText = memo(function RichText({ text }: RichTextProps) {
  const blocks = useMemo(() => parse(text, segments), [text]);
  const draw = (piece: Piece, key: number): ReactNode => {
    switch (piece.kind) {
      case "text":
        return piece.text;
      case "link":
        return (
          <OutLink key={key} href={piece.href}>
            {piece.text}
          </OutLink>
        );
      case "code":
        return (
          <code key={key} className={styles.code} translate="no">
            {piece.text}
          </code>
        );
      case "strong":
        return <strong key={key}>{piece.pieces.map(draw)}</strong>;
      case "em":
        return <em key={key}>{piece.pieces.map(draw)}</em>;
      case "strike":
        return <s key={key}>{piece.pieces.map(draw)}</s>;
      default:
        return piece satisfies never;
    }
  };
  const part = (block: Block, i: number) => {
    switch (block.kind) {
      case "lines":
        return <Lines key={i}>{block.pieces.map(draw)}</Lines>;
      case "quote":
        return (
          <span key={i} className={styles.quote} role="blockquote">
            {block.pieces.map(draw)}
          </span>
        );
      case "code":
        return <CodeBlock key={i} lang={block.lang} code={block.text} />;
      default:
        return block satisfies never;
    }
  };
  const [only] = blocks;
  return (
    <span className={styles.text} dir="auto" lang={langOf(text)}>
      {blocks.length === 1 && only?.kind === "lines" ? only.pieces.map(draw) : blocks.map(part)}
    </span>
  );
});

function Lines({ children }: { children: ReactNode }) {
  return <span className={styles.lines}>{children}</span>;
}
