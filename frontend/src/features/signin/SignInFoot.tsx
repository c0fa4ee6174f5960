import { CircleUserRound, QrCode, Settings2 } from "lucide-react";
import { useI18n } from "../../i18n";
import { IconButton } from "../../ui/IconButton";
import styles from "./Form.module.css";

type SignInFootProps = {
  onRegister: () => void;
  /** Signs in with another account; without it there is no way to. */
  onOther?: () => void;
  onLink: () => void;
  onServerSettings: () => void;
};

/** The other ways out of a sign-in form. */
export function SignInFoot({ onRegister, onOther, onLink, onServerSettings }: SignInFootProps) {
  const { t } = useI18n();
  return (
    <footer className={styles.foot}>
      <button type="button" className={styles.link} onClick={onRegister}>
        {t("signin.register")}
      </button>
      <span className={styles.icons}>
        {onOther && (
          <IconButton
            icon={CircleUserRound}
            label={t("signin.other")}
            onClick={onOther}
            tooltipSide="top"
          />
        )}
        <IconButton icon={QrCode} label={t("link.heading")} onClick={onLink} tooltipSide="top" />
        <IconButton
          icon={Settings2}
          label={t("signin.server_settings")}
          onClick={onServerSettings}
          tooltipSide="top"
        />
      </span>
    </footer>
  );
}
