import { UserRoundPlus } from "lucide-react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useStore } from "../../state/store";
import { Button } from "../../ui/Button";
import { Logo } from "../../ui/Logo";
import styles from "./Welcome.module.css";

/** What a new account sees first: the one step to a conversation. */
export function Welcome() {
  const { t } = useI18n();
  const { navigation, profile } = useApp();
  const me = useStore(profile);
  return (
    <div className={styles.pane}>
      <div className={styles.welcome}>
        <Logo size={72} />
        <h1 className={styles.title}>{t("chat.welcome", { name: me?.profile.nickname ?? "" })}</h1>
        <p className={styles.text}>{t("chat.welcome_text")}</p>
        <div className={styles.step}>
          <span className={styles.icon}>
            <UserRoundPlus size={18} strokeWidth={1.75} aria-hidden />
          </span>
          <span className={styles.words}>
            <span className={styles.name}>{t("chat.first_friend")}</span>
            <span className={styles.hint}>{t("chat.first_friend_text")}</span>
          </span>
          <Button variant="primary" onClick={() => navigation.openContacts({ kind: "find" })}>
            {t("chat.first_friend_button")}
          </Button>
        </div>
      </div>
    </div>
  );
}
