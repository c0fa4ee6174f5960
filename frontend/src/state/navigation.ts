import { Store } from "./store";

export type Section = "messages" | "contacts" | "settings";
export type SettingsPage =
  | "account"
  | "appearance"
  | "chat"
  | "notifications"
  | "shortcuts"
  | "storage"
  | "network"
  | "about";

/** What the contacts section shows beside its list. */
export type ContactsView =
  { kind: "none" } | { kind: "requests" } | { kind: "find" } | { kind: "person"; userId: string };

/** What of the conversation list is shown; "folder:" goes before a folder's id. */
export type Filter = "all" | "unread" | "mentions" | "groups" | "archived" | `folder:${string}`;

export type NavigationSnapshot = {
  section: Section;
  filter: Filter;
  /** The open conversation; null when none is. */
  conversationId: string | null;
  /** The seq to land on in it; null means the unread line or the newest part. */
  atSeq: number | null;
  /** The words to mark in the message at atSeq. */
  marks: readonly string[];
  /** Grows whenever a place in a conversation is gone to, the same one again too. */
  visit: number;
  /** The search over everything is open. */
  searching: boolean;
  /** The search in the open conversation is open beside it. */
  finding: boolean;
  /** Grows whenever that search is asked for, while it is open too. */
  findAsked: number;
  /** The starred messages are shown. */
  starred: boolean;
  contacts: ContactsView;
  /** Null means the list of pages, which narrow windows show alone. */
  settings: SettingsPage | null;
};

const start: NavigationSnapshot = {
  section: "messages",
  filter: "all",
  conversationId: null,
  atSeq: null,
  marks: [],
  visit: 0,
  searching: false,
  finding: false,
  findAsked: 0,
  starred: false,
  contacts: { kind: "none" },
  settings: null,
};

/** Where the user is. Features meet here, since they never import each other. */
export class NavigationStore extends Store<NavigationSnapshot> {
  constructor() {
    super(start);
  }

  show(section: Section) {
    this.set({ ...this.getSnapshot(), section });
  }

  setFilter(filter: Filter) {
    this.set({ ...this.getSnapshot(), filter });
  }

  openConversation(id: string, atSeq: number | null = null, marks: readonly string[] = []) {
    const now = this.getSnapshot();
    this.set({
      ...now,
      section: "messages",
      conversationId: id,
      atSeq,
      marks,
      visit: atSeq === null ? now.visit : now.visit + 1,
      finding: now.finding && now.conversationId === id,
    });
  }

  /** Opens or closes the search over everything. */
  setSearching(searching: boolean) {
    this.set({ ...this.getSnapshot(), searching });
  }

  /** Opens the search in the open conversation, or goes back to its field. */
  find() {
    const now = this.getSnapshot();
    this.set({ ...now, finding: true, findAsked: now.findAsked + 1 });
  }

  /** Closes the search in the open conversation. */
  stopFinding() {
    this.set({ ...this.getSnapshot(), finding: false });
  }

  /** Shows the starred messages, or no longer. */
  setStarred(starred: boolean) {
    this.set({ ...this.getSnapshot(), starred });
  }

  openContacts(contacts: ContactsView) {
    this.set({ ...this.getSnapshot(), section: "contacts", contacts });
  }

  openSettings(settings: SettingsPage | null) {
    this.set({ ...this.getSnapshot(), section: "settings", settings });
  }

  /** From one pane back to its list: what narrow windows' back button does. */
  back() {
    const now = this.getSnapshot();
    switch (now.section) {
      case "messages":
        return this.set({ ...now, conversationId: null, atSeq: null, finding: false });
      case "contacts":
        return this.set({ ...now, contacts: { kind: "none" } });
      case "settings":
        return this.set({ ...now, settings: null });
      default:
        return now.section satisfies never;
    }
  }

  clear() {
    this.set(start);
  }
}
