import { useI18n } from "../../i18n";
import { Checkbox } from "../../ui/Checkbox";
import styles from "./Form.module.css";

export type Keep = { remember: boolean; auto: boolean };

type ChoicesProps = { keep: Keep; onChange: (keep: Keep) => void };

/** Whether this machine remembers the account, and opens it by itself: the second needs the first. */
export function Choices({ keep, onChange }: ChoicesProps) {
  const { t } = useI18n();
  return (
    <div className={styles.choices}>
      <Checkbox
        checked={keep.remember}
        onChange={(remember) => onChange({ remember, auto: remember && keep.auto })}
      >
        {t("signin.remember")}
      </Checkbox>
      <Checkbox
        checked={keep.auto}
        onChange={(auto) => onChange({ remember: auto || keep.remember, auto })}
      >
        {t("signin.auto")}
      </Checkbox>
    </div>
  );
}
