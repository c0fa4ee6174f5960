import { useState } from "react";
import { UserRoundPlus } from "lucide-react";
import { BridgeError } from "../../bridge/error";
import type { FriendRequest } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useSelect } from "../../state/store";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { Note } from "../../ui/Note";
import { Scroll } from "../../ui/Scroll";
import { Tabs } from "../../ui/Tabs";
import { useToast } from "../../ui/Toast";
import { useNow } from "../../ui/useNow";
import { PaneHeader } from "./PaneHeader";
import { RequestCard } from "./RequestCard";
import type { Answer } from "./RequestCard";
import styles from "./RequestsPage.module.css";
import { sortRequests } from "./requests";
import { useOnline } from "./useOnline";

type View = "all" | "received" | "sent";

/** The friend requests in both directions. */
export function RequestsPage() {
  const app = useApp();
  const { t } = useI18n();
  const toast = useToast();
  const online = useOnline();
  const now = useNow();
  const requests = useSelect(app.contacts, (s) => s.requests);
  const userId = useSelect(app.auth, () => app.auth.account?.user_id ?? "");
  const [view, setView] = useState<View>("all");
  const [busy, setBusy] = useState<{ id: string; answer: Answer } | null>(null);

  const { waiting, answered, sent } = sortRequests(requests, userId, now);
  const answer = async (request: FriendRequest, given: Answer) => {
    setBusy({ id: request.id, answer: given });
    try {
      await app.contacts.answer(request.id, given);
      if (given === "accept") {
        toast({ text: t("add.friends_now", { name: request.from.nickname }) });
      }
    } catch (cause) {
      toast({ tone: "error", text: errorText(t, BridgeError.from(cause)) });
    } finally {
      setBusy(null);
    }
  };
  const message = (id: string) => {
    const contact = app.contacts.getSnapshot().byUser.get(id);
    if (contact) app.navigation.openConversation(contact.conversation_id);
  };

  const section = (title: string, list: readonly FriendRequest[]) =>
    list.length > 0 && (
      <section>
        <h2 className={styles.heading}>{title}</h2>
        <ul>
          {list.map((request) => (
            <RequestCard
              key={request.id}
              request={request}
              mine={request.from.id === userId}
              now={now}
              online={online}
              busy={busy?.id === request.id ? busy.answer : null}
              onAnswer={(given) => void answer(request, given)}
              onMessage={message}
            />
          ))}
        </ul>
      </section>
    );
  const content = (shown: View) => {
    const received = shown !== "sent";
    const own = shown !== "received";
    const empty =
      (!received || waiting.length + answered.length === 0) && (!own || sent.length === 0);
    if (empty) {
      return (
        <div className={styles.empty}>
          <EmptyState
            icon={UserRoundPlus}
            title={t("requests.empty_title")}
            text={t("requests.empty_text")}
          />
        </div>
      );
    }
    return (
      <>
        {!online && waiting.length > 0 && received && (
          <div className={styles.note}>
            <Note tone="warn">{t("requests.offline")}</Note>
          </div>
        )}
        {received && section(t("requests.section_waiting"), waiting)}
        {received && section(t("requests.section_answered"), answered)}
        {own && section(t("requests.section_sent"), sent)}
        {received && waiting.length > 0 && (
          <div className={styles.note}>
            <Note>{t("requests.note")}</Note>
          </div>
        )}
      </>
    );
  };
  const received = waiting.length + answered.length;
  const tab = (value: View, label: string, count: number) => ({
    value,
    label,
    count,
    content: content(value),
  });

  return (
    <>
      <PaneHeader
        title={t("requests.title")}
        caption={
          waiting.length > 0
            ? t("requests.waiting_count", { count: waiting.length })
            : t("requests.none_waiting")
        }
      >
        <Button
          variant="outline"
          icon={UserRoundPlus}
          onClick={() => app.navigation.openContacts({ kind: "find" })}
        >
          {t("contacts.add")}
        </Button>
      </PaneHeader>
      <Scroll className={styles.page}>
        <div className={styles.column}>
          <Tabs<View>
            label={t("requests.title")}
            value={view}
            onChange={setView}
            tabs={[
              tab("all", t("requests.all"), received + sent.length),
              tab("received", t("requests.received"), received),
              tab("sent", t("requests.sent"), sent.length),
            ]}
          />
        </div>
      </Scroll>
    </>
  );
}
