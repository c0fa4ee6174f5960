import { ShieldAlert } from "lucide-react";
import { useI18n } from "../i18n";
import { useApp } from "../state/app";
import { useStore } from "../state/store";
import { Banner } from "../ui/Banner";
import { Button } from "../ui/Button";
import styles from "./SignInNotice.module.css";

/** Says that the account signed in elsewhere, with the way to undo that; nothing without such news. */
export function SignInNotice() {
  const { navigation, signIns } = useApp();
  const { t } = useI18n();
  const [device] = useStore(signIns);
  if (!device) return null;
  const dismiss = () => signIns.dismiss(device.id);
  return (
    <section
      className={styles.notice}
      aria-label={t("shell.sign_in_notice")}
      data-region="notice"
      tabIndex={-1}
    >
      <Banner
        tone="warn"
        icon={ShieldAlert}
        action={
          <Button
            onClick={() => {
              dismiss();
              navigation.openSettings("account");
            }}
          >
            {t("shell.devices")}
          </Button>
        }
        dismiss={{ label: t("common.close"), onClick: dismiss }}
      >
        {t("shell.signed_in_elsewhere", { name: device.name })}
      </Banner>
    </section>
  );
}
