import { useI18n } from "../../../../i18n";
import { errorText } from "../../../../i18n/errors";
import { quietly, useApp } from "../../../../state/app";
import type { KindProps } from "..";
import styles from "../recall/RecallLine.module.css";

/** Who deleted what was said before. One that the server refused can be taken off. */
export function ClearLine({ message, peerName }: KindProps) {
  const app = useApp();
  const { t } = useI18n();
  if (!message.mine) return t("message.cleared_theirs", { name: peerName });
  if (message.status !== "failed") return t("message.cleared_mine", { name: peerName });
  return (
    <>
      {t("message.clear_failed", { reason: errorText(t, { code: message.error_code }) })}
      <button
        type="button"
        className={styles.again}
        onClick={() => quietly(app.messages(message.conversation_id).discard(message.id))}
      >
        {t("common.got_it")}
      </button>
    </>
  );
}
