import { Check } from "lucide-react";
import type { FriendRequest } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import styles from "./RequestCard.module.css";
import { daysUntil, stateOf } from "./requests";

export type Answer = "accept" | "refuse" | "ignore";

type RequestCardProps = {
  request: FriendRequest;
  /** The user sent it. */
  mine: boolean;
  /** The time, for what expires. */
  now: number;
  online: boolean;
  /** The answer that is on its way. */
  busy: Answer | null;
  onAnswer: (answer: Answer) => void;
  /** Opens the conversation with somebody. */
  onMessage: (userId: string) => void;
};

/** One friend request: who, what they wrote, and its state or the answers to it. */
export function RequestCard(props: RequestCardProps) {
  const { request, mine, now } = props;
  const { t, formats } = useI18n();
  const who = mine ? request.to : request.from;
  const state = stateOf(request, now);
  const details = [formats.dateTime(request.created_ms)];
  if (state === "pending") {
    details.push(t("requests.expires", { count: daysUntil(request.expires_ms - now) }));
  } else if (mine && state === "refused") details.push(t("requests.sent_refused"));
  else if (mine && state === "expired") details.push(t("requests.sent_expired"));
  return (
    <li className={styles.card}>
      <Avatar id={who.id} name={who.nickname} size={48} />
      <div className={styles.words}>
        <p className={styles.name}>
          <b>{who.nickname}</b>
          <span className={styles.username}>{who.username}</span>
        </p>
        {request.message !== "" && <p className={styles.message}>{request.message}</p>}
        <p className={styles.details}>{details.join(" · ")}</p>
      </div>
      <div className={styles.state}>
        {state === "pending" && !mine ? <Answers {...props} /> : <State {...props} />}
      </div>
    </li>
  );
}

function Answers({ request, busy, online, onAnswer }: RequestCardProps) {
  const { t } = useI18n();
  const name = request.from.nickname;
  const common = (answer: Answer) => ({
    loading: busy === answer,
    disabled: !online || (busy !== null && busy !== answer),
    onClick: () => onAnswer(answer),
  });
  return (
    <>
      <Button
        variant="ghost"
        aria-label={t("requests.ignore_name", { name })}
        {...common("ignore")}
      >
        {t("requests.ignore")}
      </Button>
      <Button aria-label={t("requests.refuse_name", { name })} {...common("refuse")}>
        {t("requests.refuse")}
      </Button>
      <Button
        variant="primary"
        aria-label={t("requests.accept_name", { name })}
        {...common("accept")}
      >
        {t("requests.accept")}
      </Button>
    </>
  );
}

function State({ request, mine, now, onMessage }: RequestCardProps) {
  const { t } = useI18n();
  const who = mine ? request.to : request.from;
  const state = stateOf(request, now);
  if (state !== "accepted") return t(`requests.state_${state}`);
  return (
    <>
      <Check size={14} strokeWidth={1.75} aria-hidden />
      <span>{t("requests.state_accepted")}</span>
      <Button size="sm" variant="ghost" onClick={() => onMessage(who.id)}>
        {t("requests.message")}
      </Button>
    </>
  );
}
