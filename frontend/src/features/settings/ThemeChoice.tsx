import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import type { Theme } from "../../bridge/types";
import { useI18n } from "../../i18n";
import styles from "./ThemeChoice.module.css";

type ThemeChoiceProps = { value: Theme; onChange: (theme: Theme) => void };

/** The themes as pictures of themselves. */
export function ThemeChoice({ value, onChange }: ThemeChoiceProps) {
  const { t } = useI18n();
  const themes: { value: Theme; label: string }[] = [
    { value: "light", label: t("settings.theme_light") },
    { value: "dark", label: t("settings.theme_dark") },
    { value: "", label: t("settings.theme_system") },
  ];
  return (
    <RadioGroup<Theme>
      className={styles.themes}
      aria-label={t("settings.theme")}
      value={value}
      onValueChange={(v) => onChange(v)}
    >
      {themes.map((theme) => (
        <Radio.Root
          className={styles.theme}
          value={theme.value}
          key={theme.value}
          aria-label={theme.label}
        >
          <span className={styles.pictures} aria-hidden>
            <Picture look={theme.value === "dark" ? "dark" : "light"} />
            {theme.value === "" && <Picture look="dark" />}
          </span>
          <span className={styles.name}>
            <span className={styles.dot} />
            {theme.label}
          </span>
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}

/** A small window: rail, list, and three bubbles. */
function Picture({ look }: { look: "light" | "dark" }) {
  return (
    <span className={styles.picture} data-look={look}>
      <span className={styles.rail} />
      <span className={styles.list}>
        <i />
        <i />
        <i />
        <i />
      </span>
      <span className={styles.thread}>
        <i />
        <i />
        <i />
      </span>
    </span>
  );
}
