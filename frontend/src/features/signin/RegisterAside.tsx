import { Lock, LockOpen, Server } from "lucide-react";
import type { ServerInfo } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { serverName } from "../../state/server";
import { Logo } from "../../ui/Logo";
import styles from "./Register.module.css";

type RegisterAsideProps = { server: string; info: ServerInfo | null; onChange: () => void };

/** What MyChat is, and which server the account will be on. */
export function RegisterAside({ server, info, onChange }: RegisterAsideProps) {
  const { t } = useI18n();
  const encrypted = server.startsWith("https:");
  return (
    <aside className={styles.aside}>
      <span className={styles.brand}>
        <Logo size={24} />
        {t("app.name")}
      </span>
      <h1 className={styles.slogan}>
        <span>{t("register.slogan_1")}</span> <span>{t("register.slogan_2")}</span>
      </h1>
      <p className={styles.about}>{t("register.about")}</p>
      {server && (
        <div className={styles.server}>
          <span>
            <Server aria-hidden />
            {info?.name ? `${info.name} · ${serverName(server)}` : serverName(server)}
          </span>
          {info && (
            <span>
              {encrypted ? <Lock aria-hidden /> : <LockOpen aria-hidden />}
              {encrypted ? t("register.encrypted") : t("register.plain")}
            </span>
          )}
          <button type="button" className={styles.link} onClick={onChange}>
            {t("register.change_server")}
          </button>
        </div>
      )}
    </aside>
  );
}
