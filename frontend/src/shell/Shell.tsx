import { useRef } from "react";
import { ChatList } from "../features/chatlist/ChatList";
import { ChatMenu } from "../features/chatlist/ChatMenu";
import { ClearDialog } from "../features/chatlist/ClearDialog";
import { FoldersDialog } from "../features/chatlist/FoldersDialog";
import { ContactsList } from "../features/contacts/ContactsList";
import { ContactsMain } from "../features/contacts/ContactsMain";
import { Conversation } from "../features/conversation/Conversation";
import { NetworkPage } from "../features/network/NetworkPage";
import { SearchDialog } from "../features/search/SearchDialog";
import { SearchPanel } from "../features/search/SearchPanel";
import { SettingsList } from "../features/settings/SettingsList";
import { SettingsMain } from "../features/settings/SettingsMain";
import { StarredDialog } from "../features/starred/StarredDialog";
import { useI18n } from "../i18n";
import { useApp } from "../state/app";
import type { NavigationSnapshot } from "../state/navigation";
import { useStore } from "../state/store";
import { ConnectionBanner } from "./ConnectionBanner";
import { ListResizer } from "./ListResizer";
import { Rail } from "./Rail";
import styles from "./Shell.module.css";
import { SignInNotice } from "./SignInNotice";
import { TabBar } from "./TabBar";

/** The window of a signed-in account: rail, list and main pane, or one of them where it is narrow. */
export function Shell() {
  const { navigation } = useApp();
  const { t } = useI18n();
  const now = useStore(navigation);
  const title = {
    messages: t("shell.messages"),
    contacts: t("shell.contacts"),
    settings: t("shell.settings"),
  };
  const root = useRef<HTMLDivElement>(null);
  return (
    <div
      className={styles.shell}
      ref={root}
      data-section={now.section}
      data-view={view(now)}
      data-finding={(now.section === "messages" && now.finding) || undefined}
    >
      {/* Whatever pane a narrow window shows, the page has a title for screen readers. */}
      <header className={styles.title}>
        <h1>{title[now.section]}</h1>
      </header>
      <Rail />
      <SignInNotice />
      <section
        className={styles.list}
        aria-label={t("shell.list")}
        data-region="list"
        tabIndex={-1}
      >
        {now.section === "messages" && <ChatList />}
        {now.section === "contacts" && <ContactsList />}
        {now.section === "settings" && <SettingsList />}
        {now.section !== "settings" && <ListResizer root={root} />}
      </section>
      <main className={styles.main} aria-label={t("shell.main")} data-region="main" tabIndex={-1}>
        {now.section === "messages" && (
          <Conversation
            banner={<ConnectionBanner />}
            menu={(conversation) => <ChatMenu conversation={conversation} />}
          />
        )}
        {now.section === "contacts" && (
          <>
            <ConnectionBanner />
            <ContactsMain />
          </>
        )}
        {now.section === "settings" && <SettingsMain network={<NetworkPage />} />}
      </main>
      <SearchPanel />
      <TabBar />
      <SearchDialog />
      <StarredDialog />
      <ClearDialog />
      <FoldersDialog />
    </div>
  );
}

/** Which pane a narrow window shows. */
function view(now: NavigationSnapshot): "list" | "detail" {
  switch (now.section) {
    case "messages":
      return now.conversationId === null ? "list" : "detail";
    case "contacts":
      return now.contacts.kind === "none" ? "list" : "detail";
    case "settings":
      return now.settings === null ? "list" : "detail";
    default:
      return now.section satisfies never;
  }
}
