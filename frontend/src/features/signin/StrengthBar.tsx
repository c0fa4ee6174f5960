import type { CSSProperties } from "react";
import { useI18n } from "../../i18n";
import { strength } from "./rules";
import styles from "./StrengthBar.module.css";

type StrengthBarProps = { password: string };

/** How hard the password is to guess: a bar, and the word for it. */
export function StrengthBar({ password }: StrengthBarProps) {
  const { t } = useI18n();
  const { level, percent } = strength(password);
  const words = {
    weak: t("register.weak"),
    fair: t("register.fair"),
    strong: t("register.strong"),
  };
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
