import { afterEach, expect, test, vi } from "vitest";
import { createBridge } from "../bridge";
import { BridgeError } from "../bridge/error";
import { FakeTransport } from "../testing/fakeTransport";
import { LinkingStore } from "./linking";

const link = (id: string) => ({
  id,
  server: "https://chat.example",
  code: `AAAA222${id}`,
  address: "mychat:link",
  lives_ms: 60_000,
});
const by = { id: "u-a", username: "user_a", nickname: "Ana" };

function start(answers: (() => unknown)[]) {
  const transport = new FakeTransport();
  let asked = 0;
  transport.on("Auth.AskLink", () => link(String(++asked)));
  transport.on("Auth.AwaitLink", () => answers.shift()?.() ?? new Promise(() => {}));
  transport.on("Auth.DropLink", () => undefined);
  const opened = vi.fn(() => Promise.resolve());
  const store = new LinkingStore(createBridge(transport), opened);
  store.start("https://chat.example");
  return { store, transport, opened };
}

const state = (name: string, over: object = {}) => ({ state: name, lives_ms: 50_000, ...over });
const fail = (code: string) => () => {
  throw new BridgeError(code, code);
};

afterEach(() => vi.useRealTimers());

test("a code is followed until the account is open", async () => {
  const { store, transport, opened } = start([
    () => state("asked"),
    () => state("claimed", { by }),
    () => state("granted", { by }),
  ]);
  await vi.waitFor(() => expect(opened).toHaveBeenCalledOnce());
  expect(store.getSnapshot()).toMatchObject({ step: "granted", by });
  expect(transport.requests("Auth.AwaitLink")).toEqual([
    { id: "1", known: "" },
    { id: "1", known: "asked" },
    { id: "1", known: "claimed" },
  ]);
});

test("a code that is over is replaced by a new one", async () => {
  const { store } = start([() => state("asked"), fail("expired")]);
  await vi.waitFor(() => expect(store.getSnapshot().link?.code).toBe("AAAA2222"));
  expect(store.getSnapshot().step).toBe("waiting");
});

test("a broken network does not end the waiting, and a refusal does", async () => {
  vi.useFakeTimers();
  const { store, transport } = start([fail("unreachable"), () => state("refused", { by })]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(store.getSnapshot()).toMatchObject({ step: "refused", by });
  expect(transport.requests("Auth.AskLink")).toHaveLength(1);
});

test("what cannot be asked says why, and stopping forgets it", async () => {
  const { store, transport } = start([]);
  transport.on("Auth.AskLink", fail("not_mychat"));
  store.start("https://other.example");
  await vi.waitFor(() => expect(store.getSnapshot().step).toBe("failed"));
  expect(store.getSnapshot().error?.code).toBe("not_mychat");
  store.stop();
  expect(store.getSnapshot()).toMatchObject({ step: "off", link: null, error: null });
  await vi.waitFor(() => expect(transport.requests("Auth.DropLink")).toHaveLength(1));
});
