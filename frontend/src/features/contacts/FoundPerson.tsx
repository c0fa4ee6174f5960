import type { UserCard } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import styles from "./FoundPerson.module.css";
import { actionFor } from "./relation";

type FoundPersonProps = {
  card: UserCard;
  /** What was searched for: it is marked where it matched. */
  query: string;
  chosen: boolean;
  busy: boolean;
  onChoose: () => void;
  onMessage: () => void;
  onAccept: () => void;
};

/** Somebody who was found, with what can be done about them. */
export function FoundPerson(props: FoundPersonProps) {
  const { card, query, chosen } = props;
  const { id, nickname, username } = card.profile;
  return (
    <li className={styles.person} data-chosen={chosen || undefined}>
      <Avatar id={id} name={nickname} size={40} />
      <span className={styles.words}>
        <span className={styles.name}>
          <Marked text={nickname} query={query} />
        </span>
        <span className={styles.username}>
          <Marked text={username} query={query} />
        </span>
      </span>
      <Action {...props} />
    </li>
  );
}

function Action(props: FoundPersonProps) {
  const { t } = useI18n();
  const { card, chosen, busy } = props;
  const name = card.profile.nickname;
  const action = actionFor(card.relation);
  switch (action) {
    case "ask":
      return (
        <Button
          variant={chosen ? "soft" : "outline"}
          aria-pressed={chosen}
          aria-label={t("add.add_name", { name })}
          onClick={props.onChoose}
        >
          {t("add.add")}
        </Button>
      );
    case "message":
      return (
        <Button aria-label={t("add.message_name", { name })} onClick={props.onMessage}>
          {t("add.friend")}
        </Button>
      );
    case "accept":
      return (
        <Button
          variant="primary"
          loading={busy}
          aria-label={t("add.accept_name", { name })}
          onClick={props.onAccept}
        >
          {t("add.accept")}
        </Button>
      );
    case "wait":
      return <span className={styles.state}>{t("add.asked")}</span>;
    case "none":
      return <span className={styles.state}>{t("add.self")}</span>;
    default:
      return action satisfies never;
  }
}

/** A text with the first match marked, regardless of case. */
function Marked({ text, query }: { text: string; query: string }) {
  const at = text.toLowerCase().indexOf(query.toLowerCase());
  if (at < 0 || query === "") return text;
  const end = at + query.length;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, end)}</mark>
      {text.slice(end)}
    </>
  );
}
