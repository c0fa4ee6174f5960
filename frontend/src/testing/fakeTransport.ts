// A transport for tests: the network boundary and nothing above it. Every
// layer of the page's own code is real over it.
import { BridgeError } from "../bridge/error";
import type { Transport } from "../bridge/transport";
import type {
  AuthState,
  BridgeEvent,
  Connection,
  Conversation,
  Message,
  Settings,
} from "../bridge/types";

// A method's parameters are compared both ways, so that a test names the request it expects.
type Handler = { answer(request: unknown): unknown }["answer"];

export const online: Connection = { state: "online", next_try_ms: 0, error_code: "" };

export const settings: Settings = {
  language: "en",
  theme: "",
  accent: "",
  message_size: 0,
  compact: false,
  ctrl_enter: false,
  close_to_background: true,
  notify: true,
  notify_preview: true,
  sound: true,
  link_previews: true,
  list_width: 0,
  recent_emoji: [],
  secrets_told: false,
};

export const account = (id: string, over: Partial<AuthState["account"]> = {}) => ({
  id,
  server: "https://chat.example",
  user_id: `u-${id}`,
  username: `user_${id}`,
  nickname: `Nick ${id}`,
  last_used_ms: 1,
  remember: true,
  auto: false,
  ...over,
});

export const signedOut: AuthState = {
  phase: "signed_out",
  accounts: [],
  account: account("", { user_id: "" }),
  server: "https://chat.example",
  proxy: { kind: "system", address: "", username: "", password: "" },
  auto_id: "",
  endings: [],
  secrets_in_file: false,
};

export const conversation = (id: string, over: Partial<Conversation> = {}): Conversation => ({
  id,
  kind: "direct",
  peer: { id: `u-${id}`, username: `user_${id}`, nickname: `Nick ${id}` },
  remark: "",
  friend: true,
  last_seq: 9,
  read_seq: 9,
  peer_read_seq: 0,
  peer_delivered_seq: 0,
  unread: 0,
  preview: { kind: "text", text: "hi", mine: false, status: "sent", created_ms: 1 },
  draft: "",
  draft_ref_seq: 0,
  edit_seq: 0,
  edit_text: "",
  draft_mentions: [],
  pins: [],
  pinned_ms: 0,
  muted: false,
  archived: false,
  hidden: false,
  marked_unread: false,
  mention_seq: 0,
  folders: [],
  empty: false,
  clear_for_all: true,
  sort_ms: 1,
  ...over,
});

export const message = (seq: number, over: Partial<Message> = {}): Message => ({
  id: `u-b/${seq}`,
  conversation_id: "c1",
  seq,
  kind: "text",
  sender: "u-b",
  mine: false,
  text: `text ${seq}`,
  created_ms: seq * 1_000,
  status: "sent",
  error_code: "",
  edited_ms: 0,
  refused: "",
  refused_act: "",
  refused_text: "",
  waiting: "",
  reactions: [],
  forwarded: "",
  silent: false,
  starred_ms: 0,
  recall_until_ms: 0,
  edit_until_ms: 0,
  ...over,
});

/** Answers calls by "Struct.Method"; events are pushed by the test. */
export class FakeTransport implements Transport {
  readonly calls: { name: string; request: unknown }[] = [];
  readonly opened: string[] = [];
  readonly closed: string[] = [];
  #handlers = new Map<string, Handler>();
  #log: BridgeEvent[] = [];
  #onBatch: (events: BridgeEvent[]) => void = () => {};
  #onOpen: () => void = () => {};
  #onLost: () => void = () => {};
  connection = online;

  constructor() {
    this.on("Events.Since", ({ seq }: { seq: number }) => ({
      events: this.#log.filter((e) => e.seq > seq),
      reset: false,
      seq: this.#log.length,
      connection: this.connection,
    }));
    this.on("Auth.State", () => signedOut);
    this.on("Settings.Get", () => settings);
    this.on("Settings.About", () => ({
      version: "1.0.0",
      commit: "abc",
      go_version: "go1.26",
      platform: "linux",
      host: "browser",
      data_dir: "/data",
      locale: "en-GB",
      following: ["ctrl_enter", "notify_preview", "sound"],
    }));
    this.on("Chat.SetFocus", () => undefined);
    this.on("Chat.Conversations", () => []);
    this.on("Chat.Folders", () => []);
    this.on("Settings.Shortcuts", () => []);
    this.on("Friends.List", () => []);
    this.on("Friends.Requests", () => []);
    this.on("Friends.Presence", () => []);
    this.on("Storage.State", () => ({
      dir: "/data/accounts/a",
      data_bytes: 0,
      copy_bytes: 0,
      aside_bytes: 0,
      free_bytes: -1,
      copied_ms: 0,
      copy_skipped: "",
      backed_up_ms: 0,
      history: { here: 0, total: 0, paused: false },
    }));
    this.on("Settings.Offered", () => ({ link_previews: true }));
    this.on("Settings.Me", () => ({
      profile: { id: "u-a", username: "user_a", nickname: "Nick a" },
      findable_by_nickname: false,
      created_ms: 1,
    }));
  }

  host: Transport["host"] = {
    kind: "browser",
    openLink: (url) => void this.opened.push(url),
    download: () => {},
    sendBackup: () => Promise.resolve(),
    noticePermission: () => "granted",
    askNoticePermission: () => Promise.resolve("granted"),
    showNotice: () => {},
    closeNotices: (ids) => void this.closed.push(...ids),
  };

  /** Answers a method from now on; throw or reject to refuse. */
  on(name: string, handler: Handler) {
    this.#handlers.set(name, handler);
  }

  /** The requests of a method so far. */
  requests(name: string) {
    return this.calls.filter((c) => c.name === name).map((c) => c.request);
  }

  invoke(struct: string, method: string, args: unknown[]) {
    const name = `${struct}.${method}`;
    this.calls.push({ name, request: args[0] });
    return new Promise((resolve) => {
      const handler = this.#handlers.get(name);
      if (!handler) throw new BridgeError("internal", `${name} is not answered in this test`);
      resolve(handler(args[0]));
    });
  }

  listen: Transport["listen"] = (_since, onBatch, onOpen, onLost) => {
    this.#onBatch = onBatch;
    this.#onOpen = onOpen;
    this.#onLost = onLost;
    return () => {
      this.#onBatch = () => {};
    };
  };

  /** Something happens and the page hears it; `lost` makes only the log know. */
  emit(event: Omit<BridgeEvent, "seq">, lost = false) {
    const whole = { ...event, seq: this.#log.length + 1 };
    this.#log.push(whole);
    if (!lost) this.#onBatch([whole]);
  }

  /** The connection to the program breaks, and comes back. */
  drop() {
    this.#onLost();
  }
  reconnect() {
    this.#onOpen();
  }
}
