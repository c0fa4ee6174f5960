import { MessageCirclePlus, Star, UserRoundPlus, WifiOff } from "lucide-react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useKeysOf } from "../../state/shortcuts";
import { useSelect } from "../../state/store";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { ListPane } from "../../ui/ListPane";
import { SearchButton } from "../../ui/SearchButton";
import styles from "./ChatList.module.css";
import { ConversationRows } from "./ConversationRows";
import { FilterChips } from "./FilterChips";
import { HistoryLine } from "./HistoryLine";
import { ListSkeleton } from "./ListSkeleton";
import { NothingShown } from "./NothingShown";
import { useFiltered } from "./useFiltered";
import { useListShortcuts } from "./useListShortcuts";

/** The list of conversations with its search and filters. */
export function ChatList() {
  const app = useApp();
  const { t } = useI18n();
  const list = useSelect(app.conversations, (s) => s.list);
  const conversationId = useSelect(app.navigation, (s) => s.conversationId);
  const searchKeys = useKeysOf("search");
  const off = useSelect(app.connection, (c) => c.state === "off");
  const { shown, ...filters } = useFiltered();
  useListShortcuts(filters.filters, filters.filter, shown);
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
      search={<SearchButton text={t("list.search")} shortcut={searchKeys} onClick={search} />}
    >
      {off && (
        <p className={styles.off}>
          <WifiOff aria-hidden />
          {t("list.offline")}
        </p>
      )}
      <HistoryLine />
      {list?.length !== 0 && <FilterChips {...filters} />}
      {!shown ? (
        <ListSkeleton />
      ) : shown.length > 0 ? (
        <ConversationRows conversations={shown} openId={conversationId} />
      ) : (
        <div className={styles.empty}>
          {list && list.length > 0 ? (
            <NothingShown filter={filters.filter} />
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
