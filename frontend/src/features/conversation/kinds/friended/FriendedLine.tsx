import { useI18n } from "../../../../i18n";
import type { KindProps } from "..";

/** Who accepted whose request. */
export function FriendedLine({ message, peerName }: KindProps) {
  const { t } = useI18n();
  return message.mine
    ? t("message.friended_mine", { name: peerName })
    : t("message.friended_theirs", { name: peerName });
}
