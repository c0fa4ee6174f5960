import { createContext, useContext } from "react";
import type { Bridge } from "../bridge";
import type { Account, Notice } from "../bridge/types";
import { AuthStore } from "./auth";
import { ClearingStore } from "./clearing";
import { ConnectionStore, HostStore } from "./connection";
import { ContactsStore } from "./contacts";
import { ConversationsStore } from "./conversations";
import { DevicesStore } from "./devices";
import { FoldersStore } from "./folders";
import { LinkingStore } from "./linking";
import { MessagesStore } from "./messages";
import { NavigationStore } from "./navigation";
import { OfferedStore } from "./offered";
import { PresenceStore } from "./presence";
import { ProfileStore } from "./profile";
import { RestoreStore } from "./restore";
import { ScheduledStore } from "./scheduled";
import { SettingsStore } from "./settings";
import { ShortcutsStore } from "./shortcuts";
import { Signal } from "./signal";
import { SignInsStore } from "./signIns";
import { StarredStore } from "./starred";
import { StorageStore } from "./storage";
import { TypingStore } from "./typing";

/** How long an account that opens waits for its conversation list, in milliseconds. */
const patienceMs = 150;

/** Conversations whose messages stay at hand. */
const keptStores = 20;

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
  readonly offered: OfferedStore;
  readonly navigation = new NavigationStore();
  readonly devices: DevicesStore;
  readonly scheduled: ScheduledStore;
  readonly folders: FoldersStore;
  readonly starred: StarredStore;
  readonly shortcuts: ShortcutsStore;
  readonly linking: LinkingStore;
  readonly clearing = new ClearingStore();
  readonly storage: StorageStore;
  readonly restore: RestoreStore;
  /** Messages that may disturb the user. */
  readonly notices = new Signal<Notice>();
  /** Devices on which the account just signed in, elsewhere. */
  readonly signIns = new SignInsStore();
  #messages = new Map<string, MessagesStore>();
  #opening: { id: string; list: Promise<void> } | null = null;

  constructor(readonly bridge: Bridge) {
    this.auth = new AuthStore(bridge, (account) => this.#open(account));
    this.settings = new SettingsStore(bridge);
    this.conversations = new ConversationsStore(bridge);
    this.contacts = new ContactsStore(bridge);
    this.presence = new PresenceStore(bridge);
    this.profile = new ProfileStore(bridge);
    this.offered = new OfferedStore(bridge);
    this.devices = new DevicesStore(bridge);
    this.scheduled = new ScheduledStore(bridge);
    this.folders = new FoldersStore(bridge);
    this.starred = new StarredStore(bridge);
    this.shortcuts = new ShortcutsStore(bridge);
    this.linking = new LinkingStore(bridge, () => this.auth.signedIn());
    this.storage = new StorageStore(bridge);
    this.restore = new RestoreStore(bridge);
  }

  /** The messages of a conversation: the same store for the same id while somebody shows it, and for some time after. */
  messages(conversationId: string): MessagesStore {
    const store =
      this.#messages.get(conversationId) ?? new MessagesStore(this.bridge, conversationId);
    this.#messages.delete(conversationId);
    this.#messages.set(conversationId, store); // A Map keeps the order of setting.
    if (this.#messages.size > keptStores) {
      const idle = [...this.#messages].find(([, s]) => s !== store && !s.watched());
      if (idle) this.#messages.delete(idle[0]);
    }
    return store;
  }

  /** The stores of conversations that were opened. */
  openMessages(): Iterable<MessagesStore> {
    return this.#messages.values();
  }

  /** Asks for all that belongs to the open account. Resolves with its conversation list. */
  loadAccount(): Promise<void> {
    const list = this.conversations.load();
    this.contacts.refresh();
    quietly(this.presence.load());
    quietly(this.profile.load());
    quietly(this.offered.load());
    this.storage.refresh();
    quietly(this.scheduled.load());
    quietly(this.folders.load());
    void this.starred.refresh();
    quietly(this.shortcuts.load());
    for (const store of this.openMessages()) {
      if (store.getSnapshot().messages) quietly(store.reload());
    }
    return list;
  }

  /**
   * Asks for an account's data, in place of another's, before the page shows
   * it: the list mostly is there within a few milliseconds, and a skeleton in
   * between only flickers.
   */
  #open({ id }: Account): Promise<void> {
    if (this.#opening?.id !== id) {
      this.clear();
      this.#opening = { id, list: this.loadAccount() };
    }
    const patience = new Promise<void>((resolve) => setTimeout(resolve, patienceMs));
    return Promise.race([this.#opening.list, patience]);
  }

  /** Forgets what belongs to an account: another is open, or none. */
  clear() {
    this.#opening = null;
    this.conversations.clear();
    this.contacts.clear();
    this.presence.clear();
    this.typing.clear();
    this.profile.clear();
    this.offered.clear();
    this.devices.clear();
    this.signIns.clear();
    this.storage.clear();
    this.scheduled.clear();
    this.folders.clear();
    this.starred.close();
    this.shortcuts.clear();
    this.navigation.clear();
    this.clearing.close();
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

/** A failed pull leaves the screen as it is; the next event or reset mends it. */
export function quietly(work: Promise<unknown>) {
  work.catch(() => undefined);
}
