import { createContext, useContext } from "react";
import type { Bridge } from "../bridge";
import { AuthStore } from "./auth";
import { ConnectionStore, HostStore } from "./connection";
import { ContactsStore } from "./contacts";
import { ConversationsStore } from "./conversations";
import { MessagesStore } from "./messages";
import { NavigationStore } from "./navigation";
import { PresenceStore } from "./presence";
import { ProfileStore } from "./profile";
import { SettingsStore } from "./settings";
import { TypingStore } from "./typing";

/** All that the page knows, over one bridge. */
export class AppState {
  readonly auth: AuthStore;
  readonly settings: SettingsStore;
  readonly host = new HostStore();
  readonly connection = new ConnectionStore();
  readonly conversations: ConversationsStore;
  readonly contacts: ContactsStore;
  readonly presence: PresenceStore;
  readonly typing = new TypingStore();
  readonly profile: ProfileStore;
  readonly navigation = new NavigationStore();
  #messages = new Map<string, MessagesStore>();

  constructor(readonly bridge: Bridge) {
    this.auth = new AuthStore(bridge);
    this.settings = new SettingsStore(bridge);
    this.conversations = new ConversationsStore(bridge);
    this.contacts = new ContactsStore(bridge);
    this.presence = new PresenceStore(bridge);
    this.profile = new ProfileStore(bridge);
  }

  /** The messages of a conversation: the same store for the same id while the account is open. */
  messages(conversationId: string): MessagesStore {
    let store = this.#messages.get(conversationId);
    if (!store) {
      store = new MessagesStore(this.bridge, conversationId);
      this.#messages.set(conversationId, store);
    }
    return store;
  }

  /** The stores of conversations that were opened. */
  openMessages(): Iterable<MessagesStore> {
    return this.#messages.values();
  }

  /** Forgets what belongs to an account: another is open, or none. */
  clear() {
    this.conversations.clear();
    this.contacts.clear();
    this.presence.clear();
    this.typing.clear();
    this.profile.clear();
    this.navigation.clear();
    this.#messages.clear();
  }
}

const Context = createContext<AppState | null>(null);

export const AppProvider = Context.Provider;

/** The page's state. Only below an AppProvider. */
export function useApp(): AppState {
  const app = useContext(Context);
  if (!app) throw new Error("useApp outside of an AppProvider");
  return app;
}
