import type { CSSProperties } from "react";
import { strength } from "./strength";
import type { Strength } from "./strength";
import styles from "./StrengthBar.module.css";

type StrengthBarProps = { password: string; words: Record<Strength["level"], string> };

/** How hard the password is to guess: a bar, and the word for it. */
export function StrengthBar({ password, words }: StrengthBarProps) {
  const { level, percent } = strength(password);
  const style: CSSProperties = { inlineSize: `${percent}%` };
  return (
    <div className={styles.strength} data-level={level}>
      <span className={styles.track} aria-hidden>
        <span className={styles.bar} style={style} />
      </span>
      <span className={styles.word} role="status">
        {words[level]}
      </span>
    </div>
  );
}
