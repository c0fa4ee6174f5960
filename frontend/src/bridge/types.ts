// What crosses the bridge, in the types that the page uses. The generated
// classes under wailsjs are the source: Plain takes their data, and the unions
// here close what Go can only call a string.
import type * as AuthCalls from "../../wailsjs/go/bridge/Auth";
import type * as ChatCalls from "../../wailsjs/go/bridge/Chat";
import type * as EventsCalls from "../../wailsjs/go/bridge/Events";
import type * as FriendsCalls from "../../wailsjs/go/bridge/Friends";
import type * as HistoryCalls from "../../wailsjs/go/bridge/History";
import type * as RestoreCalls from "../../wailsjs/go/bridge/Restore";
import type * as SearchCalls from "../../wailsjs/go/bridge/Search";
import type * as SettingsCalls from "../../wailsjs/go/bridge/Settings";
import type * as StorageCalls from "../../wailsjs/go/bridge/Storage";
import type { bridge, protocol, session, store, text } from "../../wailsjs/go/models";

/** The data of a generated class: its fields without its methods. */
export type Plain<T> = T extends (infer U)[]
  ? Plain<U>[]
  : T extends object
    ? { [K in keyof T as T[K] extends (...args: never[]) => unknown ? never : K]: Plain<T[K]> }
    : T;

/** T with some fields narrowed. */
type With<T, N> = Omit<Plain<T>, keyof N> & N;

export type Account = Plain<session.Account>;
export type ProxyKind = "none" | "system" | "http" | "socks5";
export type Proxy = With<session.Proxy, { kind: ProxyKind | "" }>;
export type Theme = "" | "light" | "dark";
export type Accent = "" | "indigo" | "wisteria" | "ochre" | "pine";
export type Language = "" | "zh-CN" | "en";
export type Settings = With<session.Settings, { theme: Theme; accent: Accent; language: Language }>;

export type AuthState = With<
  bridge.AuthState,
  {
    phase: "signed_out" | "open";
    accounts: Account[];
    account: Account;
    proxy: Proxy;
    endings: Ending[];
  }
>;
export type EndedReason = "signed_out" | "password" | "replaced" | "administrator" | "disabled";
export type Ending = With<session.Ending, { account: Account; reason: EndedReason }>;
export type Link = Plain<session.Link>;
export type LinkState = With<
  bridge.LinkState,
  { state: "asked" | "claimed" | "granted" | "refused"; by?: Profile }
>;
export type LinkClaim = Plain<protocol.LinkClaim>;
export type Registration = "open" | "invite" | "closed";
export type ServerInfo = With<protocol.ServerInfo, { registration: Registration }>;
export type ServerCheck = With<bridge.ServerCheck, { info: ServerInfo }>;

export type Profile = Plain<protocol.Profile>;
export type Me = Plain<protocol.Me>;
export type Device = Plain<protocol.Device>;
export type Presence = Plain<protocol.Presence>;
export type Contact = Plain<protocol.Contact>;
export type RequestState = "pending" | "accepted" | "refused" | "ignored" | "expired";
export type FriendRequest = With<protocol.FriendRequest, { state: RequestState }>;
export type Relation = "self" | "none" | "friend" | "asked" | "asked_you";
export type UserCard = With<protocol.UserCard, { relation: Relation }>;
export type Asked = With<protocol.Asked, { request: FriendRequest }>;

export type MessageStatus = "queued" | "sending" | "sent" | "failed";
export type Quote = Plain<store.Quote>;
export type MessageLink = Plain<store.Link>;
export type Message = With<
  store.Message,
  { status: MessageStatus; quote?: Quote; link?: MessageLink }
>;
export type RecordCard = Plain<store.RecordCard>;
export type RecordContent = Plain<store.Record>;
export type Scheduled = Plain<store.Scheduled>;
export type Shortcut = Plain<bridge.Shortcut>;
export type Folder = Plain<protocol.Folder>;
export type Starred = With<store.Starred, { message?: Message }>;
export type StarredPage = With<store.StarredPage, { items: Starred[] }>;
export type Version = Plain<store.Version>;
export type Preview = With<store.Preview, { status: MessageStatus | "" }>;
export type Conversation = With<store.Conversation, { preview: Preview }>;
export type Page = With<store.Page, { messages: Message[] }>;

export type TextPart = Plain<text.Part>;
export type PersonHit = With<store.PersonHit, { contact: Contact }>;
export type ConversationHit = With<store.ConversationHit, { conversation: Conversation }>;
export type Found = With<bridge.Found, { people: PersonHit[]; conversations: ConversationHit[] }>;
export type Hit = With<store.Hit, { message: Message }>;
export type Hits = With<store.Hits, { hits: Hit[] }>;
export type ServerSearch = "complete" | "found" | "offline" | "off";
export type ServerHits = With<bridge.ServerHits, { state: ServerSearch; hits: Hit[] }>;

export type ConnectionState = "off" | "connecting" | "syncing" | "online";
export type Connection = With<bridge.Connection, { state: ConnectionState }>;
export type Notice = Plain<bridge.Notice>;
export type About = Plain<bridge.About>;
export type Offered = Plain<bridge.Offered>;

export type Healed = With<store.Healed, { how: "search" | "copy" | "fresh" }>;
export type StorageState = With<
  bridge.StorageState,
  {
    copy_skipped: "" | "no_room" | "too_large";
    healed?: Healed;
    history: HistoryState;
    job?: Job;
  }
>;
export type Job = With<
  bridge.JobState,
  {
    kind: "export" | "backup";
    state: "choosing" | "running" | "done" | "cancelled" | "failed";
    error?: { code: string };
  }
>;
export type HistoryState = Plain<bridge.HistoryState>;
export type BackupContents = With<bridge.BackupContents, { user: Profile }>;
export type RestoreState = With<
  bridge.RestoreState,
  {
    state: "none" | "choosing" | "chosen" | "running" | "done" | "failed";
    account?: Account;
    error?: { code: string };
  }
>;

export type EventKind =
  | "auth"
  | "connection"
  | "conversations"
  | "messages"
  | "contacts"
  | "presence"
  | "typing"
  | "settings"
  | "profile"
  | "devices"
  | "scheduled"
  | "stars"
  | "unread"
  | "storage"
  | "restore"
  | "reset"
  | "notice"
  | "notices_over"
  | "show";
export type BridgeEvent = With<bridge.Event, { kind: EventKind; connection?: Connection }>;
export type Backlog = With<bridge.Backlog, { events: BridgeEvent[]; connection: Connection }>;

/** The bound structs as Go generated them. */
type Raw = {
  Auth: typeof AuthCalls;
  Chat: typeof ChatCalls;
  Events: typeof EventsCalls;
  Friends: typeof FriendsCalls;
  History: typeof HistoryCalls;
  Restore: typeof RestoreCalls;
  Search: typeof SearchCalls;
  Settings: typeof SettingsCalls;
  Storage: typeof StorageCalls;
};

/** Results whose type says more than the generated one. */
type Narrow = {
  Auth: { State: AuthState; CheckServer: ServerCheck; AwaitLink: LinkState };
  Chat: {
    Conversations: Conversation[];
    ConversationsByID: Conversation[];
    Send: Message;
    Starred: StarredPage;
  };
  Events: { Since: Backlog };
  Friends: { Requests: FriendRequest[]; Search: UserCard[]; Ask: Asked };
  History: { Page: Page; Messages: Message[]; Pinned: Message[] };
  Search: { Names: Found; Messages: Hits; OnServer: ServerHits };
  Settings: { Get: Settings };
  Restore: { State: RestoreState; Look: BackupContents };
  Storage: { State: StorageState; StartExport: Job; StartBackup: Job };
};

export type Struct = keyof Raw;
export type Method<S extends Struct> = keyof Raw[S] & string;
type Fn<S extends Struct, M extends Method<S>> = Raw[S][M] extends (
  ...args: infer A
) => Promise<infer R>
  ? { args: A; result: R }
  : never;
export type Args<S extends Struct, M extends Method<S>> = Fn<S, M>["args"] extends []
  ? []
  : Plain<Fn<S, M>["args"]> extends [infer A]
    ? [request: A]
    : Fn<S, M>["args"] extends [infer A]
      ? [request: Plain<A>]
      : never;
export type Result<S extends Struct, M extends Method<S>> = M extends keyof Narrow[S]
  ? Narrow[S][M]
  : Plain<Fn<S, M>["result"]>;
