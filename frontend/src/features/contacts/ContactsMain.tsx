import { ContactRound } from "lucide-react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useSelect } from "../../state/store";
import { EmptyState } from "../../ui/EmptyState";
import { AddFriendDialog } from "./AddFriendDialog";
import styles from "./ContactsMain.module.css";
import { Profile } from "./Profile";
import { RequestsPage } from "./RequestsPage";

/** The pane beside the contacts: a person, the requests, or the search for people. */
export function ContactsMain() {
  const { navigation } = useApp();
  const { t } = useI18n();
  const view = useSelect(navigation, (s) => s.contacts);
  switch (view.kind) {
    case "requests":
      return <RequestsPage />;
    case "person":
      return <Profile key={view.userId} userId={view.userId} />;
    case "none":
    case "find":
      return (
        <div className={styles.empty}>
          <EmptyState
            icon={ContactRound}
            title={t("contacts.none_title")}
            text={t("contacts.none_text")}
          />
          {view.kind === "find" && <AddFriendDialog />}
        </div>
      );
    default:
      return view satisfies never;
  }
}
