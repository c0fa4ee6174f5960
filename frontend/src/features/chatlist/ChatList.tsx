import { useMemo, useState } from "react";
import { Archive, MailCheck, MessageCirclePlus, Star, UserRoundPlus, WifiOff } from "lucide-react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useSelect, useStore } from "../../state/store";
import { Button } from "../../ui/Button";
import { Chips } from "../../ui/Chips";
import { EmptyState } from "../../ui/EmptyState";
import { ListPane } from "../../ui/ListPane";
import { SearchButton } from "../../ui/SearchButton";
import styles from "./ChatList.module.css";
import { ConversationRows } from "./ConversationRows";
import { isUnread } from "./chatActions";
import { filterConversations } from "./filter";
import type { Filter } from "./filter";
import { HistoryLine } from "./HistoryLine";
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
  useListShortcuts();

  const archived = useMemo(() => (list ? filterConversations(list, "archived", null) : []), [list]);
  // The last one that leaves the archive takes its entry with it.
  const filter = chosen === "archived" && archived.length === 0 ? "all" : chosen;
  const shown = useMemo(
    () => list && filterConversations(list, filter, conversationId),
    [list, filter, conversationId],
  );
  const unread = list ? filterConversations(list, "unread", null).length : 0;
  const unreadArchived = archived.filter(isUnread).length;
  const some = (n: number) => (n > 0 ? n : undefined);
  const filters: { value: Filter; label: string; count?: number | undefined }[] = [
    { value: "all", label: t("list.all") },
    { value: "unread", label: t("list.unread"), count: some(unread) },
  ];
  if (archived.length > 0) {
    filters.push({ value: "archived", label: t("list.archived"), count: some(unreadArchived) });
  }
  const addFriend = () => app.navigation.openContacts({ kind: "find" });
  const search = () => app.navigation.setSearching(true);

  return (
    <ListPane
      title={t("shell.messages")}
      add={{ icon: UserRoundPlus, label: t("list.add_friend"), onClick: addFriend }}
      more={{
        icon: Star,
        label: t("star.title"),
        onClick: () => app.navigation.setStarred(true),
      }}
      ask={{ label: t("list.search"), asked: false, onClick: search }}
      search={
        <SearchButton text={t("list.search")} shortcut={mac ? "⌘+K" : "Ctrl+K"} onClick={search} />
      }
    >
      {off && (
        <p className={styles.off}>
          <WifiOff aria-hidden />
          {t("list.offline")}
        </p>
      )}
      <HistoryLine />
      {list?.length !== 0 && (
        <div className={styles.filters}>
          <Chips label={t("list.filters")} value={filter} options={filters} onChange={setFilter} />
        </div>
      )}
      {!shown ? (
        <ListSkeleton />
      ) : shown.length > 0 ? (
        <ConversationRows conversations={shown} openId={conversationId} />
      ) : (
        <div className={styles.empty}>
          {filter === "all" && list && list.length > 0 ? (
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
