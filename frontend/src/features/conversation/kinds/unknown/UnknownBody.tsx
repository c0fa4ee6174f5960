import { useI18n } from "../../../../i18n";
import type { KindProps } from "..";
import { RichText } from "../../RichText";
import styles from "./UnknownBody.module.css";

/** The fallback of a message, and what to do to see more. */
export function UnknownBody({ message }: KindProps) {
  const { t } = useI18n();
  return (
    <>
      <RichText text={message.text || t("message.unknown_empty")} />
      <span className={styles.hint}>{t("message.unknown")}</span>
    </>
  );
}
