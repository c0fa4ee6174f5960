import type { ReactNode } from "react";
import { ChevronRight } from "lucide-react";
import type { TextPart } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { nameOf } from "../../state/contacts";
import { useSelect } from "../../state/store";
import { Avatar } from "../../ui/Avatar";
import { Marked } from "../../ui/Marked";
import { OnServer } from "./OnServer";
import styles from "./ResultRow.module.css";
import type { Row } from "./rows";

type ResultRowProps = {
  id: string;
  row: Row;
  active: boolean;
  onChoose: () => void;
};

const headings = {
  people: "search.people",
  messages: "search.messages",
  server: "search.server",
} as const;

/** One line of what was found. */
export function ResultRow({ id, row, active, onChoose }: ResultRowProps) {
  const { t, formats } = useI18n();
  const { conversations } = useApp();
  const conversation = useSelect(conversations, (s) =>
    row.kind === "message" ? s.byId.get(row.hit.message.conversation_id) : undefined,
  );
  const option = { id, active, onChoose };
  switch (row.kind) {
    case "heading":
      return (
        <div className={styles.heading} role="presentation">
          {t(headings[row.of])}
        </div>
      );
    case "more":
      return (
        <Option {...option}>
          <span className={styles.more}>
            {row.tab === "people" ? t("search.more_people") : t("search.more_messages")}
            <ChevronRight aria-hidden />
          </span>
        </Option>
      );
    case "person": {
      const { profile, friend } = row.hit.contact;
      return (
        <Option {...option}>
          <Avatar id={profile.id} name={nameOf(row.hit.contact)} size={40} />
          <Words
            name={<Marked parts={row.hit.name} />}
            detail={friend ? otherName(row.hit.detail, profile.username) : t("search.was_friend")}
          />
        </Option>
      );
    }
    case "conversation": {
      const { peer, remark } = row.hit.conversation;
      return (
        <Option {...option}>
          <Avatar id={peer.id} name={nameOf({ remark, profile: peer })} size={40} />
          <Words
            name={<Marked parts={row.hit.name} />}
            detail={otherName(row.hit.detail, peer.username)}
          />
        </Option>
      );
    }
    case "message": {
      const { message, snippet } = row.hit;
      const peer = conversation?.peer;
      const name = peer ? nameOf({ remark: conversation.remark, profile: peer }) : "";
      const [before, after] = t("search.mine", { text: "\n" }).split("\n");
      const words = <Marked parts={snippet} />;
      return (
        <Option {...option}>
          <Avatar id={peer?.id ?? ""} name={name} size={40} />
          <Words
            name={name}
            time={formats.listTime(message.created_ms)}
            note={row.onServer && <OnServer />}
            detail={
              message.mine ? (
                <>
                  {before}
                  {words}
                  {after}
                </>
              ) : (
                words
              )
            }
          />
        </Option>
      );
    }
    default:
      return row satisfies never;
  }
}

const otherName = (detail: readonly TextPart[], username: string) =>
  detail.length > 0 ? <Marked parts={detail} /> : username;

type OptionProps = Omit<ResultRowProps, "row"> & { children: ReactNode };

function Option({ id, active, onChoose, children }: OptionProps) {
  return (
    <div
      id={id}
      className={styles.row}
      role="option"
      aria-selected={active}
      onPointerDown={(e) => e.preventDefault()} // The focus stays in the field.
      onClick={onChoose}
    >
      {children}
    </div>
  );
}

type WordsProps = { name: ReactNode; detail: ReactNode; time?: string; note?: ReactNode };

function Words({ name, detail, time, note }: WordsProps) {
  return (
    <span className={styles.words}>
      <span className={styles.line}>
        <span className={styles.name}>{name}</span>
        {note}
        {time !== undefined && <span className={styles.time}>{time}</span>}
      </span>
      <span className={styles.detail}>{detail}</span>
    </span>
  );
}
