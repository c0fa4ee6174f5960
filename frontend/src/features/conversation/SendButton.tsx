import { ArrowUp, BellOff, ChevronUp, Clock3 } from "lucide-react";
import { useI18n } from "../../i18n";
import { useKeysOf } from "../../state/shortcuts";
import { Button } from "../../ui/Button";
import { ContextMenu, Menu, MenuItem } from "../../ui/Menu";
import styles from "./SendButton.module.css";

type SendButtonProps = {
  disabled: boolean;
  /** Only one way to send: what is written is no new message. */
  plain: boolean;
  onSend: (silent: boolean) => void;
  onLater: () => void;
};

/** Sends; the arrow beside it, a right click or a long press offer the other ways. */
export function SendButton({ disabled, plain, onSend, onLater }: SendButtonProps) {
  const { t } = useI18n();
  const silently = useKeysOf("send_silently");
  const later = useKeysOf("send_later");
  const send = (
    <Button
      className={styles.send}
      variant="primary"
      disabled={disabled}
      data-alone={plain || undefined}
      onClick={() => onSend(false)}
      aria-label={t("composer.send")}
    >
      <span className={styles.text}>{t("composer.send")}</span>
      <ArrowUp className={styles.icon} size={22} aria-hidden />
    </Button>
  );
  if (plain) return send;
  const items = (
    <>
      <MenuItem
        icon={BellOff}
        shortcut={silently}
        disabled={disabled}
        onSelect={() => onSend(true)}
      >
        {t("send.silent")}
      </MenuItem>
      <MenuItem icon={Clock3} shortcut={later} disabled={disabled} onSelect={onLater}>
        {t("send.later")}
      </MenuItem>
    </>
  );
  return (
    <ContextMenu items={items}>
      <div className={styles.both}>
        {send}
        <Menu
          side="top"
          align="end"
          trigger={
            <Button
              className={styles.more}
              variant="primary"
              icon={ChevronUp}
              disabled={disabled}
              aria-label={t("send.more")}
              title={t("send.more")}
            />
          }
        >
          {items}
        </Menu>
      </div>
    </ContextMenu>
  );
}
