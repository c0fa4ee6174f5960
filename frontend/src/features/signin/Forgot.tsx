import { useState } from "react";
import { useI18n } from "../../i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import styles from "./Form.module.css";

type ForgotProps = { server: string };

/** Says who can help with a forgotten password. */
export function Forgot({ server }: ForgotProps) {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className={styles.link} onClick={() => setOpen(true)}>
        {t("signin.forgot")}
      </button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={t("signin.forgot_title")}
        description={t("signin.forgot_text", { server: server || t("signin.this_server") })}
        closeLabel={t("common.close")}
        width={400}
        footer={
          <Button variant="primary" onClick={() => setOpen(false)}>
            {t("common.got_it")}
          </Button>
        }
      />
    </>
  );
}
