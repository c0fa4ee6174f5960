import styles from "./Marked.module.css";

type MarkedProps = { parts: readonly { text: string; hit: boolean }[] };

/** A text in which what was looked for stands out. */
export function Marked({ parts }: MarkedProps) {
  return parts.map((part, i) =>
    part.hit ? (
      <mark className={styles.mark} key={i}>
        {part.text}
      </mark>
    ) : (
      part.text
    ),
  );
}
