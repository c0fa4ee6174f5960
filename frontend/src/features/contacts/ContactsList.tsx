import { useCallback, useMemo, useRef, useState } from "react";
import { ContactRound, SearchX, UserRoundPlus } from "lucide-react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { waitingRequests } from "../../state/contacts";
import { useSelect, useStore } from "../../state/store";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { Hidden } from "../../ui/Hidden";
import { ListPane } from "../../ui/ListPane";
import { SearchField } from "../../ui/SearchField";
import { ContactRows } from "./ContactRows";
import styles from "./ContactsList.module.css";
import { directory } from "./directory";
import { useSearchKey } from "./useSearchKey";

/** The friends under their letters, and the way to friend requests. */
export function ContactsList() {
  const app = useApp();
  const { t } = useI18n();
  const { contacts, requests } = useStore(app.contacts);
  const view = useSelect(app.navigation, (s) => s.contacts);
  const userId = useSelect(app.auth, () => app.auth.account?.user_id ?? "");
  const [query, setQuery] = useState("");
  const search = useRef<HTMLInputElement>(null);
  useSearchKey(useCallback(() => search.current?.focus(), []));

  const groups = useMemo(() => directory(contacts ?? [], query), [contacts, query]);
  const friends = contacts?.filter((c) => c.friend).length ?? 0;
  const waiting = waitingRequests(requests, userId);
  const find = () => app.navigation.openContacts({ kind: "find" });
  return (
    <ListPane
      title={t("contacts.label")}
      add={{ icon: UserRoundPlus, label: t("contacts.add"), onClick: find }}
      search={
        <SearchField
          ref={search}
          label={t("contacts.search")}
          clearLabel={t("list.clear_search")}
          value={query}
          onChange={setQuery}
        />
      }
    >
      <div className={styles.entries}>
        <button
          type="button"
          className={styles.entry}
          aria-current={view.kind === "requests" ? "true" : undefined}
          onClick={() => app.navigation.openContacts({ kind: "requests" })}
        >
          <span className={styles.icon}>
            <UserRoundPlus size={18} strokeWidth={1.75} aria-hidden />
          </span>
          {t("contacts.requests")}
          <span className={styles.end}>
            <Badge count={waiting} />
            {waiting > 0 && <Hidden>{t("contacts.requests_waiting", { count: waiting })}</Hidden>}
          </span>
        </button>
      </div>
      {groups.length > 0 ? (
        <ContactRows groups={groups} openId={view.kind === "person" ? view.userId : null} />
      ) : (
        contacts && (
          <div className={styles.empty}>
            {query !== "" && friends > 0 ? (
              <EmptyState
                icon={SearchX}
                title={t("contacts.nobody_title", { query })}
                text={t("contacts.nobody_text")}
                actions={
                  <Button variant="outline" onClick={() => setQuery("")}>
                    {t("list.clear_search")}
                  </Button>
                }
              />
            ) : (
              <EmptyState
                icon={ContactRound}
                title={t("contacts.empty_title")}
                text={t("contacts.empty_text")}
                actions={
                  <Button variant="primary" onClick={find}>
                    {t("contacts.add")}
                  </Button>
                }
              />
            )}
          </div>
        )
      )}
      {groups.length > 0 && query === "" && (
        <p className={styles.count}>{t("contacts.friends", { count: friends })}</p>
      )}
    </ListPane>
  );
}
