import { useCallback, useMemo, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import {
  Archive,
  MailCheck,
  MessageCirclePlus,
  SearchX,
  UserRoundPlus,
  WifiOff,
} from "lucide-react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useSelect, useStore } from "../../state/store";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { ListPane } from "../../ui/ListPane";
import { SearchField } from "../../ui/SearchField";
import { isComposing } from "../../ui/composing";
import styles from "./ChatList.module.css";
import { ConversationRows } from "./ConversationRows";
import type { ConversationRowsHandle } from "./ConversationRows";
import { isUnread } from "./chatActions";
import { filterConversations } from "./filter";
import type { Filter } from "./filter";
import { ListSkeleton } from "./ListSkeleton";
import { useListShortcuts } from "./useListShortcuts";

/** The list of conversations with its search and filters. */
export function ChatList() {
  const app = useApp();
  const { t } = useI18n();
  const list = useSelect(app.conversations, (s) => s.list);
  const { conversationId } = useStore(app.navigation);
  const mac = useSelect(app.settings, (s) => s.about?.platform === "macos");
  const off = useSelect(app.connection, (c) => c.state === "off");
  const [chosen, setFilter] = useState<Filter>("all");
  const [query, setQuery] = useState("");
  const [searching, setSearching] = useState(false); // Narrow windows hide the field until then.
  const search = useRef<HTMLInputElement>(null);
  const rows = useRef<ConversationRowsHandle>(null);

  const focusSearch = useCallback(() => {
    setSearching(true);
    requestAnimationFrame(() => search.current?.focus());
  }, []);
  useListShortcuts(focusSearch);

  const archived = useMemo(
    () => (list ? filterConversations(list, "archived", "", null) : []),
    [list],
  );
  // The last one that leaves the archive takes its entry with it.
  const filter = chosen === "archived" && archived.length === 0 ? "all" : chosen;
  const shown = useMemo(
    () => list && filterConversations(list, filter, query, conversationId),
    [list, filter, query, conversationId],
  );
  const unread = list ? filterConversations(list, "unread", "", null).length : 0;
  const unreadArchived = archived.filter(isUnread).length;
  const addFriend = () => app.navigation.openContacts({ kind: "find" });

  const onSearchKey = (e: KeyboardEvent) => {
    if (isComposing(e.nativeEvent)) return;
    if (e.key === "ArrowDown") {
      e.preventDefault();
      rows.current?.focusFirst();
    } else if (e.key === "Enter" && query !== "" && shown?.[0]) {
      app.navigation.openConversation(shown[0].id);
      setQuery("");
    } else if (e.key === "Escape") {
      setSearching(false);
    }
  };

  return (
    <ListPane
      title={t("shell.messages")}
      add={{ icon: UserRoundPlus, label: t("list.add_friend"), onClick: addFriend }}
      ask={{ label: t("list.search"), asked: searching || query !== "", onClick: focusSearch }}
      search={
        <SearchField
          ref={search}
          label={t("list.search_label")}
          placeholder={t("list.search")}
          clearLabel={t("list.clear_search")}
          shortcut={mac ? "⌘+K" : "Ctrl+K"}
          value={query}
          onChange={setQuery}
          onKeyDown={onSearchKey}
          onBlur={() => setSearching(false)}
        />
      }
    >
      {off && (
        <p className={styles.off}>
          <WifiOff aria-hidden />
          {t("list.offline")}
        </p>
      )}
      {list?.length !== 0 && query === "" && (
        <div className={styles.chips} role="group" aria-label={t("list.filters")}>
          <button type="button" aria-pressed={filter === "all"} onClick={() => setFilter("all")}>
            {t("list.all")}
          </button>
          <button
            type="button"
            aria-pressed={filter === "unread"}
            onClick={() => setFilter("unread")}
          >
            {t("list.unread")} {unread > 0 && <b>{unread}</b>}
          </button>
          {archived.length > 0 && (
            <button
              type="button"
              aria-pressed={filter === "archived"}
              onClick={() => setFilter("archived")}
            >
              {t("list.archived")} {unreadArchived > 0 && <b>{unreadArchived}</b>}
            </button>
          )}
        </div>
      )}
      {!shown ? (
        <ListSkeleton />
      ) : shown.length > 0 ? (
        <ConversationRows ref={rows} conversations={shown} openId={conversationId} />
      ) : (
        <div className={styles.empty}>
          {query !== "" ? (
            <EmptyState
              icon={SearchX}
              title={t("list.nobody_title", { query })}
              text={t("list.nobody_text")}
              actions={
                <Button variant="outline" onClick={() => setQuery("")}>
                  {t("list.clear_search")}
                </Button>
              }
            />
          ) : filter === "all" && list && list.length > 0 ? (
            <EmptyState
              icon={Archive}
              title={t("list.all_away_title")}
              text={t("list.all_away_text")}
            />
          ) : filter === "unread" && list && list.length > 0 ? (
            <EmptyState
              icon={MailCheck}
              title={t("list.all_read_title")}
              text={t("list.all_read_text")}
              actions={
                <Button variant="outline" onClick={() => setFilter("all")}>
                  {t("list.show_all")}
                </Button>
              }
            />
          ) : (
            <EmptyState
              icon={MessageCirclePlus}
              title={t("list.empty_title")}
              text={t("list.empty_text")}
              actions={
                <Button variant="primary" onClick={addFriend}>
                  {t("list.add_friend")}
                </Button>
              }
            />
          )}
        </div>
      )}
    </ListPane>
  );
}
