import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import type { Accent } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { Tooltip } from "../../ui/Tooltip";
import styles from "./AccentChoice.module.css";

type AccentChoiceProps = {
  labelledBy: string;
  value: Accent;
  onChange: (accent: Accent) => void;
};

/** The colours that "yours, active, go" can have. */
export function AccentChoice({ labelledBy, value, onChange }: AccentChoiceProps) {
  const { t } = useI18n();
  const accents: { value: Accent; label: string }[] = [
    { value: "", label: t("settings.accent_default") },
    { value: "indigo", label: t("settings.accent_indigo") },
    { value: "wisteria", label: t("settings.accent_wisteria") },
    { value: "ochre", label: t("settings.accent_ochre") },
    { value: "pine", label: t("settings.accent_pine") },
  ];
  return (
    <RadioGroup<Accent>
      className={styles.accents}
      aria-labelledby={labelledBy}
      value={value}
      onValueChange={(v) => onChange(v)}
    >
      {accents.map((accent) => (
        <Tooltip text={accent.label} key={accent.value}>
          <Radio.Root
            className={styles.accent}
            value={accent.value}
            aria-label={accent.label}
            data-accent={accent.value || undefined}
            data-default={accent.value === "" || undefined}
          />
        </Tooltip>
      ))}
    </RadioGroup>
  );
}
