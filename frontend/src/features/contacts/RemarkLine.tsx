import { useState } from "react";
import type { SyntheticEvent } from "react";
import { Pencil } from "lucide-react";
import { BridgeError } from "../../bridge/error";
import type { Contact } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { Button } from "../../ui/Button";
import { IconButton } from "../../ui/IconButton";
import { TextField } from "../../ui/TextField";
import styles from "./RemarkLine.module.css";

type RemarkLineProps = { contact: Contact; online: boolean };

/** Longest remark, in code points, as protocol.MaxRemark says. */
const maxRemark = 32;

/** The user's own name for a contact, and changing it in place. */
export function RemarkLine({ contact, online }: RemarkLineProps) {
  const app = useApp();
  const { t } = useI18n();
  const [text, setText] = useState<string | null>(null); // Null while it is not being changed.
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);

  const save = async (e: SyntheticEvent) => {
    e.preventDefault();
    if (text === null || busy) return;
    setBusy(true);
    try {
      await app.contacts.setRemark(contact.profile.id, text.trim());
      setText(null);
    } catch (cause) {
      setError(errorText(t, BridgeError.from(cause)));
    } finally {
      setBusy(false);
    }
  };

  if (text === null) {
    return (
      <div className={styles.line}>
        <dt>{t("profile.remark")}</dt>
        <dd data-empty={contact.remark === "" || undefined}>
          {contact.remark || t("profile.no_remark")}
        </dd>
        <dd>
          <IconButton
            icon={Pencil}
            label={t("profile.edit_remark")}
            disabled={!online}
            onClick={() => {
              setError("");
              setText(contact.remark);
            }}
          />
        </dd>
      </div>
    );
  }
  return (
    <div className={styles.line} data-editing>
      <dt>{t("profile.remark")}</dt>
      <dd>
        <form className={styles.form} onSubmit={(e) => void save(e)}>
          <TextField
            label={t("profile.remark")}
            hideLabel
            size="sm"
            className={styles.field}
            value={text}
            onChange={(e) => setText(Array.from(e.target.value).slice(0, maxRemark).join(""))}
            onKeyDown={(e) => {
              if (e.key === "Escape") setText(null);
            }}
            hint={t("profile.remark_hint")}
            error={error || undefined}
            placeholder={contact.profile.nickname}
            autoComplete="off"
            autoFocus
          />
          <Button type="submit" variant="primary" loading={busy}>
            {t("profile.save_remark")}
          </Button>
          <Button onClick={() => setText(null)}>{t("profile.cancel")}</Button>
        </form>
      </dd>
    </div>
  );
}
