import { memo } from "react";
import type { Contact } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { nameOf } from "../../state/contacts";
import { Avatar } from "../../ui/Avatar";
import { ListRow } from "../../ui/ListRow";
import styles from "./ContactRow.module.css";
import { usePresence } from "./usePresence";

type ContactRowProps = {
  contact: Contact;
  open: boolean;
  /** The Tab key stops at it. */
  current: boolean;
  onOpen: (userId: string) => void;
  onFocus: (userId: string) => void;
};

/** One friend of the list. */
export const ContactRow = memo(function ContactRow(props: ContactRowProps) {
  const { contact, open, current } = props;
  const { t } = useI18n();
  const { id, nickname } = contact.profile;
  const presence = usePresence(id);
  return (
    <ListRow
      size="md"
      face={
        <Avatar
          id={id}
          name={nickname}
          size={36}
          presence={presence.online ? "online" : "offline"}
        />
      }
      open={open}
      current={current}
      data-user={id}
      onClick={() => props.onOpen(id)}
      onFocus={() => props.onFocus(id)}
    >
      <span className={styles.name}>{nameOf(contact)}</span>
      <span className={styles.caption}>
        {presence.online
          ? t("contacts.online")
          : presence.seen === null
            ? t("contacts.offline")
            : t("profile.last_seen", { time: presence.seen })}
      </span>
    </ListRow>
  );
});
