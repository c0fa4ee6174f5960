import {
  Bell,
  CircleUserRound,
  Globe,
  HardDrive,
  Info,
  Keyboard,
  MessageSquare,
  Palette,
} from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { Key } from "../../i18n";
import type { SettingsPage } from "../../state/navigation";

type PageLink = { page: SettingsPage; icon: LucideIcon; title: PageTitle };
export type PageTitle = Extract<
  Key,
  | "settings.account"
  | "settings.appearance"
  | "settings.chat"
  | "settings.notifications"
  | "settings.shortcuts"
  | "storage.title"
  | "settings.network"
  | "settings.about"
>;

/** The pages of the settings, in the order of their list. */
export const pages: readonly PageLink[] = [
  { page: "account", icon: CircleUserRound, title: "settings.account" },
  { page: "appearance", icon: Palette, title: "settings.appearance" },
  { page: "chat", icon: MessageSquare, title: "settings.chat" },
  { page: "notifications", icon: Bell, title: "settings.notifications" },
  { page: "shortcuts", icon: Keyboard, title: "settings.shortcuts" },
  { page: "storage", icon: HardDrive, title: "storage.title" },
  { page: "network", icon: Globe, title: "settings.network" },
  { page: "about", icon: Info, title: "settings.about" },
];
