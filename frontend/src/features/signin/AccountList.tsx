import { ChevronDown, Plus, X } from "lucide-react";
import { useState } from "react";
import type { Account } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { serverName } from "../../state/server";
import { Avatar } from "../../ui/Avatar";
import { IconButton } from "../../ui/IconButton";
import { Popover } from "../../ui/Popover";
import { Scroll } from "../../ui/Scroll";
import styles from "./AccountList.module.css";

type AccountListProps = {
  accounts: readonly Account[];
  onChoose: (id: string) => void;
  onRemove: (account: Account) => void;
  /** Offers to sign in with none of them. */
  onOther?: () => void;
};

/** A button that opens the accounts of this machine, newest first; each can be removed. */
export function AccountList({ accounts, onChoose, onRemove, onOther }: AccountListProps) {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  const close = (then: () => void) => () => {
    setOpen(false);
    then();
  };
  return (
    <Popover
      label={t("signin.accounts")}
      align={onOther ? "center" : "end"}
      flush
      open={open}
      onOpenChange={setOpen}
      trigger={
        <IconButton icon={ChevronDown} label={t("signin.show_accounts")} size="sm" on={open} />
      }
    >
      <Scroll className={styles.list}>
        <ul>
          {accounts.map((account) => (
            <li className={styles.row} key={account.id}>
              <button
                type="button"
                className={styles.account}
                onClick={close(() => onChoose(account.id))}
              >
                <Avatar id={account.user_id} name={account.nickname} size={36} />
                <span className={styles.text}>
                  <span className={styles.name}>{account.nickname}</span>
                  <span className={styles.where}>
                    {account.username} · {serverName(account.server)}
                  </span>
                </span>
              </button>
              <IconButton
                icon={X}
                size="sm"
                label={t("remove.label", { name: account.nickname })}
                onClick={close(() => onRemove(account))}
              />
            </li>
          ))}
        </ul>
        {onOther && (
          <button type="button" className={styles.other} onClick={close(onOther)}>
            <Plus aria-hidden />
            {t("signin.other")}
          </button>
        )}
      </Scroll>
    </Popover>
  );
}
