import { memo, useMemo } from "react";
import type { MouseEvent, ReactNode } from "react";
import { langOf } from "../../i18n/langOf";
import { useApp } from "../../state/app";
import { parse } from "../../ui/markup";
import type { Block, Piece } from "../../ui/markup";
import { CodeBlock } from "./CodeBlock";
import { segments } from "./links";
import styles from "./RichText.module.css";

type RichTextProps = { text: string };

/** A text as it was written, with its little markup drawn and its links openable. Never HTML. */
export const RichText = memo(function RichText({ text }: RichTextProps) {
  const { bridge } = useApp();
  const blocks = useMemo(() => parse(text, segments), [text]);
  const open = (e: MouseEvent, href: string) => {
    e.preventDefault(); // The page itself never goes anywhere.
    bridge.openLink(href);
  };
  const link = (piece: Piece & { kind: "link" }, key: number) => (
    <a
      key={key}
      href={piece.href}
      rel="noopener noreferrer"
      target="_blank"
      draggable={false}
      data-link={piece.href}
      onClick={(e) => open(e, piece.href)}
      onAuxClick={(e) => e.button === 1 && open(e, piece.href)}
    >
      {piece.text}
    </a>
  );
  const draw = (piece: Piece, key: number): ReactNode => {
    switch (piece.kind) {
      case "text":
        return piece.text;
      case "link":
        return link(piece, key);
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
