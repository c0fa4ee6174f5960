import { MessageCircle, UsersRound } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { useI18n } from "../i18n";
import { useApp } from "../state/app";
import { waitingRequests } from "../state/contacts";
import type { Section } from "../state/navigation";
import { useSelect, useStore } from "../state/store";

export type SectionLink = {
  section: Section;
  icon: LucideIcon;
  /** Its name with what waits there, for a screen reader. */
  label: string;
  /** Its name alone. */
  text: string;
  count: number;
  onClick: () => void;
};

/** The sections that both the rail and the tab bar lead to. */
export function useSections(): SectionLink[] {
  const { auth, contacts, conversations, navigation } = useApp();
  const { t } = useI18n();
  const unread = useSelect(conversations, (s) => s.unread);
  const requests = useSelect(contacts, (s) => s.requests);
  useStore(auth);
  const waiting = waitingRequests(requests, auth.account?.user_id ?? "");
  return [
    {
      section: "messages",
      icon: MessageCircle,
      text: t("shell.messages"),
      label: unread > 0 ? t("shell.messages_unread", { count: unread }) : t("shell.messages"),
      count: unread,
      onClick: () => navigation.show("messages"),
    },
    {
      section: "contacts",
      icon: UsersRound,
      text: t("shell.contacts"),
      label: waiting > 0 ? t("shell.contacts_waiting", { count: waiting }) : t("shell.contacts"),
      count: waiting,
      onClick: () => navigation.show("contacts"),
    },
  ];
}
