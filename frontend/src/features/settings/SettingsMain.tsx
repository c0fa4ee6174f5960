import type { ReactNode } from "react";
import { useApp } from "../../state/app";
import { useSelect } from "../../state/store";
import { AboutPage } from "./AboutPage";
import { AccountPage } from "./AccountPage";
import { AppearancePage } from "./AppearancePage";
import { ChatPage } from "./ChatPage";
import { NotificationsPage } from "./NotificationsPage";
import { ShortcutsPage } from "./ShortcutsPage";
import { StoragePage } from "./StoragePage";

type SettingsMainProps = {
  /** The page about the server and the proxy, which the sign-in window shares. */
  network: ReactNode;
};

/** The open page of the settings. */
export function SettingsMain({ network }: SettingsMainProps) {
  const page = useSelect(useApp().navigation, (s) => s.settings) ?? "account";
  switch (page) {
    case "account":
      return <AccountPage />;
    case "appearance":
      return <AppearancePage />;
    case "chat":
      return <ChatPage />;
    case "notifications":
      return <NotificationsPage />;
    case "shortcuts":
      return <ShortcutsPage />;
    case "storage":
      return <StoragePage />;
    case "network":
      return network;
    case "about":
      return <AboutPage />;
    default:
      return page satisfies never;
  }
}
