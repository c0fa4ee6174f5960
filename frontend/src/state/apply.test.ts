import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createBridge } from "../bridge";
import type { Conversation, Notice } from "../bridge/types";
import { FakeTransport, account, conversation, message, signedOut } from "../testing/fakeTransport";
import { AppState } from "./app";
import { applyEvents } from "./apply";
import { known } from "./known";

let transport: FakeTransport;
let app: AppState;
let stop: () => void;
let conversations: Conversation[];
const notices: Notice[] = [];
const open = { ...signedOut, phase: "open" as const, account: account("a") };

beforeEach(() => {
  transport = new FakeTransport();
  conversations = [
    conversation("c1", { sort_ms: 1, unread: 2 }),
    conversation("c2", { sort_ms: 2 }),
  ];
  transport.on("Auth.State", () => open);
  transport.on("Chat.Conversations", () => conversations);
  transport.on("Chat.ConversationsByID", ({ ids }: { ids: string[] }) =>
    conversations.filter((c) => ids.includes(c.id)),
  );
  app = new AppState(createBridge(transport));
  notices.length = 0;
  app.notices.listen((n) => notices.push(n));
  stop = applyEvents(app);
});
afterEach(() => stop());

const list = () => app.conversations.getSnapshot().list?.map((c) => c.id);

test("the start asks for everything of the open account", async () => {
  await vi.waitFor(() => expect(list()).toEqual(["c2", "c1"]));
  await vi.waitFor(() => expect(app.contacts.getSnapshot().contacts).toEqual([]));
  expect(app.conversations.getSnapshot().unread).toBe(2);
  expect(app.profile.getSnapshot()?.profile.nickname).toBe("Nick a");
  expect(app.connection.getSnapshot().state).toBe("online");
});

test("what is pinned stands first, what is muted or hidden counts in no total", async () => {
  conversations = [
    conversation("c1", { sort_ms: 9, unread: 1 }),
    conversation("c2", { sort_ms: 2, pinned_ms: 5, unread: 2, muted: true }),
    conversation("c3", { sort_ms: 1, pinned_ms: 6 }),
    conversation("c4", { sort_ms: 3, unread: 4, hidden: true }),
  ];
  transport.emit({ kind: "conversations" });
  await vi.waitFor(() => expect(list()).toEqual(["c3", "c2", "c1", "c4"]));
  expect(app.conversations.getSnapshot().unread).toBe(1);
});

test("a draft is kept with what it answers, and what it mentions as long as there is a text", async () => {
  const saved: unknown[] = [];
  transport.on("Chat.SaveDraft", (r: unknown) => void saved.push(r));
  conversations = [conversation("c1", { draft: "a", draft_ref_seq: 3, draft_mentions: ["u-b"] })];
  transport.emit({ kind: "conversations" });
  await vi.waitFor(() => expect(list()).toEqual(["c1"]));
  await app.conversations.saveDraft("c1", "ab", 3);
  expect(app.conversations.getSnapshot().byId.get("c1")).toMatchObject({ draft: "ab" });
  await app.conversations.saveDraft("c1", "", 4);
  await app.conversations.saveDraft("c1", "", 0, true);
  expect(saved).toEqual([
    { conversation_id: "c1", text: "ab", ref_seq: 3, mentions: ["u-b"], done: false },
    { conversation_id: "c1", text: "", ref_seq: 4, mentions: [], done: false },
    { conversation_id: "c1", text: "", ref_seq: 0, mentions: [], done: true },
  ]);
});

test("changed conversations are asked for and sorted anew, vanished ones leave", async () => {
  await vi.waitFor(() => expect(list()).toBeDefined());
  conversations = [
    conversation("c1", { sort_ms: 9, unread: 3 }),
    conversation("c3", { sort_ms: 5 }),
  ];
  transport.emit({ kind: "conversations", ids: ["c1", "c2", "c3"] });
  await vi.waitFor(() => expect(list()).toEqual(["c1", "c3"]));
  expect(app.conversations.getSnapshot().unread).toBe(3);
});

test("events that were missed are caught up with after a reconnect", async () => {
  await vi.waitFor(() => expect(list()).toBeDefined());
  conversations = [conversation("c1", { sort_ms: 9 })];
  transport.emit({ kind: "conversations", ids: ["c1", "c2"] }, true);
  transport.reconnect();
  await vi.waitFor(() => expect(list()).toEqual(["c1"]));
});

test("another account clears what belonged to the first, however it came to be open", async () => {
  await vi.waitFor(() => expect(list()).toBeDefined());
  app.navigation.openConversation("c1");
  transport.on("Auth.Leave", () => undefined);
  transport.on("Auth.State", () => signedOut);
  await app.auth.leave(false, false);
  expect(list()).toBeUndefined();
  expect(app.profile.getSnapshot()).toBeUndefined();
  expect(app.navigation.getSnapshot().conversationId).toBeNull();

  conversations = [conversation("c9")];
  transport.on("Auth.Open", () => undefined);
  transport.on("Auth.State", () => ({ ...open, account: account("b") }));
  await app.auth.open("b", { remember: true, auto: false });
  await vi.waitFor(() => expect(list()).toEqual(["c9"]));
});

test("an account that opens shows with its list", async () => {
  const seen: (readonly string[] | undefined)[] = [];
  app.auth.subscribe(() => {
    if (app.auth.account) seen.push(list());
  });
  await vi.waitFor(() => expect(app.auth.account).not.toBeNull());
  expect(seen).toEqual([["c2", "c1"]]);
});

test("a list that is late holds no account back for long", async () => {
  stop();
  transport.on("Chat.Conversations", () => new Promise(() => {}));
  app = new AppState(createBridge(transport));
  vi.useFakeTimers();
  stop = applyEvents(app);
  await vi.advanceTimersByTimeAsync(100);
  expect(app.auth.account).toBeNull();
  await vi.advanceTimersByTimeAsync(100);
  expect(app.auth.account?.id).toBe("a");
  expect(list()).toBeUndefined();
  vi.useRealTimers();
});

test("the first paint waits until the screen is known, and no longer than it may", async () => {
  await known(app, 10_000);
  expect(app.auth.getSnapshot().state?.phase).toBe("open");
  expect(app.settings.getSnapshot().settings).toBeDefined();

  const slow = new AppState(createBridge(new FakeTransport()));
  vi.useFakeTimers();
  const waited = vi.fn();
  void known(slow, 150).then(waited);
  await vi.advanceTimersByTimeAsync(149);
  expect(waited).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(waited).toHaveBeenCalled();
  vi.useRealTimers();
});

test("a sign-in elsewhere is told once, and a list that is looked at is asked for again", async () => {
  await vi.waitFor(() => expect(app.auth.account).not.toBeNull());
  const devices = [{ id: "d1", name: "Laptop" }];
  transport.on("Settings.Devices", () => devices);
  transport.emit({ kind: "devices" });
  expect(transport.calls.filter((c) => c.name === "Settings.Devices")).toEqual([]);
  await app.devices.load();
  devices.push({ id: "d2", name: "Phone" });
  transport.emit({ kind: "devices", signed_in: [devices[1]] as never });
  await vi.waitFor(() => expect(app.devices.getSnapshot().list).toHaveLength(2));
  expect(app.signIns.getSnapshot().map((d) => d.name)).toEqual(["Phone"]);
});

test("an account that closes by itself leaves word of why", async () => {
  await vi.waitFor(() => expect(list()).toBeDefined());
  const ending = { account: account("a"), reason: "disabled", by: "", at_ms: 1, wiped: false };
  transport.on("Auth.State", () => ({ ...signedOut, endings: [ending] }));
  transport.emit({ kind: "auth" });
  await vi.waitFor(() => expect(app.auth.account).toBeNull());
  expect(app.auth.getSnapshot().state?.endings).toEqual([ending]);
});

test("presence is unknown while this device is offline", async () => {
  await vi.waitFor(() => expect(list()).toBeDefined());
  transport.emit({ kind: "presence", presence: { user_id: "u-c1", online: true } });
  expect(app.presence.getSnapshot().get("u-c1")?.online).toBe(true);
  transport.emit({
    kind: "connection",
    connection: { state: "off", next_try_ms: 0, error_code: "unreachable" },
  });
  expect(app.presence.getSnapshot().size).toBe(0);
  transport.on("Friends.Presence", () => [{ user_id: "u-c1", online: true }]);
  transport.emit({
    kind: "connection",
    connection: { state: "online", next_try_ms: 0, error_code: "" },
  });
  await vi.waitFor(() => expect(app.presence.getSnapshot().get("u-c1")?.online).toBe(true));
});

test("a typing hint ends by itself and at once when they stop", async () => {
  await vi.waitFor(() => expect(list()).toBeDefined());
  vi.useFakeTimers();
  const typing = () => app.typing.getSnapshot().get("c1") ?? [];
  const hint = (until_ms: number) =>
    transport.emit({ kind: "typing", conversation_id: "c1", user_id: "u-c1", until_ms });
  hint(Date.now() + 6_000);
  expect(typing()).toEqual(["u-c1"]);
  vi.advanceTimersByTime(3_000);
  hint(Date.now() + 6_000);
  vi.advanceTimersByTime(4_000);
  expect(typing()).toEqual(["u-c1"]);
  vi.advanceTimersByTime(2_000);
  expect(typing()).toEqual([]);
  hint(Date.now() + 6_000);
  hint(0);
  expect(typing()).toEqual([]);
  vi.useRealTimers();
});

test("messages are pulled for the conversations that were opened, and only those", async () => {
  await vi.waitFor(() => expect(list()).toBeDefined());
  let log = [message(1)];
  transport.on("History.Page", () => ({
    messages: log,
    more_before: false,
    more_after: false,
    missing: false,
  }));
  transport.on("History.Messages", ({ ids }: { ids: string[] }) =>
    log.filter((m) => ids.includes(m.id)),
  );
  const store = app.messages("c1");
  await store.openNewest();
  log = [message(1), message(2)];
  transport.emit({ kind: "messages", conversation_id: "c1", ids: ["u-b/2"] });
  transport.emit({ kind: "messages", conversation_id: "c2", ids: ["u-b/2"] });
  await vi.waitFor(() => expect(store.getSnapshot().messages).toHaveLength(2));
  expect(transport.requests("History.Messages")).toHaveLength(1);

  // Without ids, anything may have changed.
  log = [message(1), message(2), message(3)];
  transport.emit({ kind: "messages", conversation_id: "c1" });
  await vi.waitFor(() => expect(store.getSnapshot().messages).toHaveLength(3));
});

test("of the conversations that were opened, those that nobody shows are let go in time", () => {
  const shown = app.messages("shown");
  const leave = shown.subscribe(() => undefined);
  const first = app.messages("c0");
  for (let i = 0; i < 30; i++) app.messages(`c${i}`);
  expect([...app.openMessages()]).toHaveLength(20);
  expect(app.messages("shown")).toBe(shown);
  expect(app.messages("c29")).toBe(app.messages("c29"));
  expect(app.messages("c0")).not.toBe(first);
  leave();
});

test("a notice is passed on, and a clicked one shows its conversation", async () => {
  await vi.waitFor(() => expect(list()).toBeDefined());
  const notice = { conversation_id: "c1", message_id: "u2/1", title: "Nick", body: "hi" };
  transport.emit({ kind: "notice", notice });
  expect(notices).toEqual([notice]);
  transport.emit({ kind: "notices_over", conversation_id: "c1", ids: ["u2/1"] });
  expect(transport.closed).toEqual(["u2/1"]);
  app.navigation.openSettings("about");
  transport.emit({ kind: "show", conversation_id: "c1" });
  expect(app.navigation.getSnapshot()).toMatchObject({ section: "messages", conversationId: "c1" });
});

test("the page knows when the program behind it ended, and when it is back", () => {
  transport.drop();
  expect(app.host.getSnapshot()).toBe("gone");
  transport.reconnect();
  expect(app.host.getSnapshot()).toBe("there");
});

test("a setting shows at once, and the old one again if it cannot be kept", async () => {
  await vi.waitFor(() => expect(app.settings.getSnapshot().settings).toBeDefined());
  const theme = () => app.settings.getSnapshot().settings?.theme;
  transport.on("Settings.Change", () => undefined);
  const kept = app.settings.update({ theme: "dark" });
  expect(theme()).toBe("dark");
  await kept;
  expect(transport.requests("Settings.Change")).toMatchObject([
    { names: ["theme"], settings: { theme: "dark" } },
  ]);

  transport.on("Settings.Change", () => Promise.reject({ code: "disk_full" }));
  await expect(app.settings.update({ theme: "light" })).rejects.toMatchObject({
    code: "disk_full",
  });
  expect(theme()).toBe("dark");
});
