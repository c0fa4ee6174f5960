import { useEffect } from "react";
import { Globe } from "lucide-react";
import type { MessageLink } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { langOf } from "../../i18n/langOf";
import { quietly, useApp } from "../../state/app";
import { useSelect } from "../../state/store";
import { Hidden } from "../../ui/Hidden";
import styles from "./LinkPreview.module.css";
import { OutLink } from "./OutLink";

type LinkPreviewProps = { conversationId: string; messageId: string; link: MessageLink };

/**
 * What stands behind the first link of a message, under its text. What is known
 * shows at once; what is not is asked for, and shows when it is known. Only the
 * host is to be believed: the rest is what the page says of itself.
 */
export function LinkPreview({ conversationId, messageId, link }: LinkPreviewProps) {
  const app = useApp();
  const { t } = useI18n();
  const on = useSelect(app.settings, (s) => s.settings?.link_previews ?? false);
  const online = useSelect(app.connection, (c) => c.state === "online" || c.state === "syncing");
  const until = link.until_ms;

  // The server is outside React: it is asked once for each time that the message comes into view.
  useEffect(() => {
    if (!on || !online || until > Date.now()) return;
    quietly(app.messages(conversationId).wantPreview(messageId));
  }, [app, on, online, until, conversationId, messageId, link.url]);

  if (!on || link.title === "") return null;
  const { title, description, site, host } = link;
  return (
    <OutLink href={link.url} className={styles.card} reachable={false}>
      <Hidden>{t("message.preview")}</Hidden>
      <span className={styles.title} dir="auto" lang={langOf(title)}>
        {title}
      </span>
      {description !== "" && (
        <span className={styles.description} dir="auto" lang={langOf(description)}>
          {description}
        </span>
      )}
      <span className={styles.source}>
        <Globe size={12} strokeWidth={1.75} aria-hidden />
        {site !== "" && site.toLowerCase() !== host.toLowerCase() && (
          <>
            <bdi className={styles.site} lang={langOf(site)}>
              {site}
            </bdi>
            <span aria-hidden>·</span>
          </>
        )}
        <bdi className={styles.host}>{host}</bdi>
      </span>
    </OutLink>
  );
}
