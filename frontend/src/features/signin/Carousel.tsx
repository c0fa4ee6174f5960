import { ChevronLeft, ChevronRight } from "lucide-react";
import type { Account } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { Avatar } from "../../ui/Avatar";
import { IconButton } from "../../ui/IconButton";
import styles from "./Carousel.module.css";

type CarouselProps = {
  account: Account;
  accounts: readonly Account[];
  onChoose: (id: string) => void;
};

/** The chosen account's picture between its neighbours'. */
export function Carousel({ account, accounts, onChoose }: CarouselProps) {
  const { t } = useI18n();
  const at = accounts.findIndex((a) => a.id === account.id);
  const before = accounts[at - 1];
  const after = accounts[at + 1];
  const side = (neighbour: Account | undefined) =>
    neighbour ? (
      <button
        type="button"
        className={styles.side}
        aria-label={t("signin.switch_to", { name: neighbour.nickname })}
        onClick={() => onChoose(neighbour.id)}
      >
        <Avatar id={neighbour.user_id} name={neighbour.nickname} size={48} />
      </button>
    ) : (
      accounts.length > 1 && <span className={styles.gap} />
    );
  return (
    <div className={styles.carousel}>
      {accounts.length > 1 && (
        <IconButton
          className={styles.previous}
          icon={ChevronLeft}
          label={t("signin.previous")}
          disabled={!before}
          onClick={() => before && onChoose(before.id)}
        />
      )}
      {side(before)}
      <Avatar id={account.user_id} name={account.nickname} size={84} />
      {side(after)}
      {accounts.length > 1 && (
        <IconButton
          className={styles.next}
          icon={ChevronRight}
          label={t("signin.next")}
          disabled={!after}
          onClick={() => after && onChoose(after.id)}
        />
      )}
    </div>
  );
}
