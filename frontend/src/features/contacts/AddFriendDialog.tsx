import { useId, useRef, useState } from "react";
import type { SyntheticEvent } from "react";
import { Search, SearchX, UserRoundSearch } from "lucide-react";
import { BridgeError } from "../../bridge/error";
import type { UserCard } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { serverName } from "../../state/server";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Note } from "../../ui/Note";
import { TextField } from "../../ui/TextField";
import styles from "./AddFriendDialog.module.css";
import { AskField } from "./AskField";
import { FoundPerson } from "./FoundPerson";
import { useAsk } from "./useAsk";
import { useOnline } from "./useOnline";

type Found =
  | { state: "nothing" }
  | { state: "searching" }
  | { state: "people"; query: string; people: UserCard[] }
  | { state: "failed"; error: BridgeError };

/** Finds people on the server and asks one of them to be friends. */
export function AddFriendDialog() {
  const app = useApp();
  const { t } = useI18n();
  const online = useOnline();
  const ask = useAsk();
  const formId = useId();
  const field = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<Found>({ state: "nothing" });
  const [chosen, setChosen] = useState<UserCard | null>(null);

  const close = () => app.navigation.openContacts({ kind: "none" });
  const search = async (e: SyntheticEvent) => {
    e.preventDefault();
    const wanted = query.trim();
    if (wanted === "" || found.state === "searching") return;
    setFound({ state: "searching" });
    setChosen(null);
    ask.clear();
    try {
      const people = await app.contacts.search(wanted);
      setFound({ state: "people", query: wanted, people });
      const only = people.length === 1 ? people[0] : undefined;
      if (only?.relation === "none") setChosen(only);
    } catch (cause) {
      setFound({ state: "failed", error: BridgeError.from(cause) });
    }
  };
  const send = async (e: SyntheticEvent) => {
    e.preventDefault();
    if (!chosen) return;
    const asked = await ask.send(chosen.profile);
    if (!asked) return;
    app.navigation.openContacts(
      asked.contact ? { kind: "person", userId: chosen.profile.id } : { kind: "requests" },
    );
  };
  const message = (userId: string) => {
    const contact = app.contacts.getSnapshot().byUser.get(userId);
    if (contact) app.navigation.openConversation(contact.conversation_id);
  };
  const accept = async (card: UserCard) => {
    // Two crossing requests make a friendship: asking back accepts.
    if (await ask.send(card.profile)) {
      app.navigation.openContacts({ kind: "person", userId: card.profile.id });
    }
  };

  const server = serverName(app.auth.account?.server ?? "");
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      title={t("add.title")}
      closeLabel={t("add.close")}
      width={560}
      initialFocus={field}
      footer={
        <>
          <span className={styles.server}>{t("add.only_server", { server })}</span>
          <Button onClick={close}>{t("add.cancel")}</Button>
          {chosen && (
            <Button
              type="submit"
              form={formId}
              variant="primary"
              loading={ask.busy}
              disabled={!online}
            >
              {t("add.send")}
            </Button>
          )}
        </>
      }
    >
      <form className={styles.search} onSubmit={(e) => void search(e)} role="search">
        <TextField
          ref={field}
          className={styles.field}
          label={t("add.search")}
          hideLabel
          icon={Search}
          value={query}
          onChange={(e) => setQuery(e.target.value)}
          placeholder={t("add.hint")}
          maxLength={64}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          enterKeyHint="search"
        />
        <Button
          type="submit"
          size="lg"
          loading={found.state === "searching"}
          disabled={!online || query.trim() === ""}
        >
          {t("add.find")}
        </Button>
      </form>
      {!online && <Note tone="warn">{t("add.offline")}</Note>}
      <div className={styles.results} aria-live="polite" aria-busy={found.state === "searching"}>
        {found.state === "nothing" && (
          <p className={styles.hint}>
            <UserRoundSearch size={18} strokeWidth={1.75} aria-hidden />
            {t("add.start")}
          </p>
        )}
        {found.state === "searching" && <p className={styles.hint}>{t("add.searching")}</p>}
        {found.state === "failed" && <Note tone="bad">{errorText(t, found.error)}</Note>}
        {found.state === "people" && found.people.length === 0 && (
          <div className={styles.hint}>
            <SearchX size={18} strokeWidth={1.75} aria-hidden />
            <span>
              <b>{t("add.nobody_title", { query: found.query })}</b>
              <br />
              {t("add.nobody_text")}
            </span>
          </div>
        )}
        {found.state === "people" && found.people.length > 0 && (
          <ul aria-label={t("add.results")}>
            {found.people.map((card) => (
              <FoundPerson
                key={card.profile.id}
                card={card}
                query={found.query}
                chosen={card === chosen}
                busy={ask.busy}
                onChoose={() => {
                  ask.clear();
                  setChosen(card);
                }}
                onMessage={() => message(card.profile.id)}
                onAccept={() => void accept(card)}
              />
            ))}
          </ul>
        )}
      </div>
      {chosen && (
        <form id={formId} className={styles.ask} onSubmit={(e) => void send(e)}>
          <AskField ask={ask} name={chosen.profile.nickname} />
        </form>
      )}
      {!chosen && ask.error !== null && (
        <Note tone="bad" role="alert">
          {ask.error}
        </Note>
      )}
    </Dialog>
  );
}
