import { describe, expect, test, vi } from "vitest";
import { createBridge } from "../bridge";
import type { Message } from "../bridge/types";
import { FakeTransport, message } from "../testing/fakeTransport";
import { MessagesStore, merge, windowSize } from "./messages";

/** A store over a conversation that has `log`, and the transport to change it. */
function start(log: Message[], size = 4) {
  const transport = new FakeTransport();
  const sent = () => log.filter((m) => m.seq > 0).sort((a, b) => a.seq - b.seq);
  transport.on(
    "History.Page",
    (r: { before_seq: number; after_seq: number; around_seq: number }) => {
      const all = sent();
      let from = all.length - size;
      if (r.before_seq) from = all.findIndex((m) => m.seq >= r.before_seq) - size;
      if (r.after_seq) from = all.findIndex((m) => m.seq > r.after_seq);
      if (r.around_seq) from = all.findIndex((m) => m.seq >= r.around_seq) - size / 2;
      const to = r.before_seq ? all.findIndex((m) => m.seq >= r.before_seq) : from + size;
      const newest = to >= all.length;
      return {
        messages: [
          ...all.slice(Math.max(0, from), to),
          ...(newest && !r.before_seq ? log.filter((m) => m.seq === 0) : []),
        ],
        more_before: from > 0,
        more_after: !newest,
        missing: false,
      };
    },
  );
  transport.on("History.Messages", ({ ids }: { ids: string[] }) =>
    log.filter((m) => ids.includes(m.id)),
  );
  const store = new MessagesStore(createBridge(transport), "c1");
  const seqs = () => store.getSnapshot().messages?.map((m) => m.seq);
  return { transport, store, log, seqs };
}

const ten = () => Array.from({ length: 10 }, (_, i) => message(i + 1));
const settled = () =>
  vi.waitFor(() => undefined, { interval: 1 }).then(() => new Promise((r) => setTimeout(r)));

describe("the window of a conversation", () => {
  test("opens at the newest part and grows upwards to the beginning", async () => {
    const { store, seqs } = start(ten());
    await store.openNewest();
    expect(seqs()).toEqual([7, 8, 9, 10]);
    await store.loadOlder();
    await store.loadOlder();
    expect(seqs()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(store.getSnapshot()).toMatchObject({
      moreBefore: false,
      moreAfter: false,
      loading: "none",
    });
    await store.loadOlder();
    expect(seqs()).toHaveLength(10);
  });

  test("opens around a message and grows both ways", async () => {
    const { store, seqs } = start(ten());
    await store.openAround(5);
    expect(seqs()).toEqual([3, 4, 5, 6]);
    expect(store.getSnapshot()).toMatchObject({ moreBefore: true, moreAfter: true });
    await store.loadNewer();
    await store.loadOlder();
    expect(seqs()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test("lets go of as much at one end as comes at the other, and never leaves a hole", async () => {
    const many = Array.from({ length: 1_000 }, (_, i) => message(i + 1));
    const { store, seqs, log } = start(many, 60);
    log.push(message(0, { id: "u-a/x", mine: true }));
    const whole = () => {
      const { messages = [], moreBefore, moreAfter } = store.getSnapshot();
      const sent = messages.filter((m) => m.seq > 0).map((m) => m.seq);
      const first = sent[0] ?? 0;
      expect(sent).toEqual(sent.map((_, i) => first + i));
      expect(moreBefore).toBe(first > 1);
      expect(moreAfter).toBe(sent.at(-1) !== 1_000);
      expect(messages.length - sent.length).toBe(moreAfter ? 0 : 1); // The unsent one is at the end only.
      expect(messages.length).toBeLessThanOrEqual(windowSize);
    };
    await store.openNewest();
    let loads = 0;
    for (; store.getSnapshot().moreBefore; loads++) {
      await store.loadOlder();
      whole();
    }
    expect(loads).toBe(16);
    expect(seqs()?.slice(0, 3)).toEqual([1, 2, 3]);
    for (; store.getSnapshot().moreAfter; loads++) {
      await store.loadNewer();
      whole();
    }
    expect(loads).toBe(26);
    store.letOlderGo();
    whole();
    expect(seqs()).toHaveLength(windowSize / 2);
    store.letOlderGo();
    expect(seqs()).toHaveLength(windowSize / 2);

    while (store.getSnapshot().moreBefore) await store.loadOlder(true);
    expect(seqs()).toHaveLength(1_001);
  });

  test("asks for one page at a time", async () => {
    const { store, transport } = start(ten());
    await store.openNewest();
    await Promise.all([store.loadOlder(), store.loadOlder()]);
    expect(transport.requests("History.Page")).toHaveLength(2);
  });

  test("keeps what it shows when a page fails, and says why", async () => {
    const { store, transport, seqs } = start(ten());
    await store.openNewest();
    transport.on("History.Page", () => Promise.reject({ code: "offline" }));
    await store.loadOlder();
    expect(seqs()).toEqual([7, 8, 9, 10]);
    expect(store.getSnapshot()).toMatchObject({ loading: "none", error: { code: "offline" } });
  });

  test("drops a page that a later open overtook", async () => {
    const { store, transport, seqs } = start(ten());
    let release: (v: unknown) => void = () => undefined;
    transport.on("History.Page", () => new Promise((r) => (release = r)));
    const slow = store.openAround(2);
    const first = release;
    const fast = store.openNewest();
    release({ messages: [message(10)], more_before: true, more_after: false, missing: false });
    await fast;
    first({ messages: [message(2)], more_before: false, more_after: true, missing: false });
    await slow;
    expect(seqs()).toEqual([10]);
  });
});

describe("events", () => {
  test("new messages follow at the end of the newest part", async () => {
    const { store, log, seqs } = start(ten());
    await store.openNewest();
    log.push(message(11), message(12));
    store.apply(["u-b/12", "u-b/11"]);
    await settled();
    expect(seqs()).toEqual([7, 8, 9, 10, 11, 12]);
  });

  test("beyond a window in the middle they only say that there is more", async () => {
    const { store, log, seqs } = start(ten());
    await store.openAround(3);
    log.push(message(11));
    store.apply(["u-b/11"]);
    await settled();
    expect(seqs()).toEqual([1, 2, 3, 4]);
    expect(store.getSnapshot().moreAfter).toBe(true);
  });

  test("a change to a message that is not loaded changes nothing", async () => {
    const { store, seqs } = start(ten());
    await store.openNewest();
    store.apply(["u-b/2"]);
    await settled();
    expect(seqs()).toEqual([7, 8, 9, 10]);
  });

  test("what vanished leaves", async () => {
    const { store, log, seqs } = start(ten());
    await store.openNewest();
    log.splice(8, 1);
    store.apply(["u-b/9"]);
    await settled();
    expect(seqs()).toEqual([7, 8, 10]);
  });

  test("a burst costs two calls", async () => {
    const { store, log, transport } = start(ten());
    await store.openNewest();
    for (let i = 11; i <= 40; i++) {
      log.push(message(i));
      store.apply([`u-b/${i}`]);
    }
    await settled();
    expect(transport.requests("History.Messages").length).toBeLessThanOrEqual(2);
    expect(store.getSnapshot().messages?.at(-1)?.seq).toBe(40);
  });

  test("an event during a page is asked for again after it: the page may be older", async () => {
    const { store, log, transport, seqs } = start(ten());
    let release: (v: unknown) => void = () => undefined;
    transport.on("History.Page", () => new Promise((r) => (release = r)));
    const open = store.openNewest();
    log.push(message(11));
    store.apply(["u-b/11"]);
    release({ messages: ten().slice(6), more_before: true, more_after: false, missing: false });
    await open;
    await settled();
    expect(seqs()).toEqual([7, 8, 9, 10, 11]);
  });
});

describe("own messages", () => {
  const queued = (n: number, over: Partial<Message> = {}) =>
    message(0, { id: `u-a/${n}`, mine: true, status: "queued", text: `own ${n}`, ...over });

  test("show at once, in order of queueing, and move to their place when sent", async () => {
    const { store, log, transport } = start(ten());
    await store.openNewest();
    let n = 0;
    transport.on("Chat.Send", () => {
      const m = queued(++n);
      log.push(m);
      return m;
    });
    await store.send("one");
    await store.send("two");
    const ids = () =>
      store
        .getSnapshot()
        .messages?.slice(-3)
        .map((m) => m.id);
    expect(ids()).toEqual(["u-b/10", "u-a/1", "u-a/2"]);

    // The other's message gets seq 11, then ours 12.
    log.push(message(11));
    log[log.findIndex((m) => m.id === "u-a/1")] = queued(1, { seq: 12, status: "sent" });
    store.apply(["u-a/1", "u-b/11"]);
    await settled();
    expect(
      store
        .getSnapshot()
        .messages?.slice(-3)
        .map((m) => m.id),
    ).toEqual(["u-b/11", "u-a/1", "u-a/2"]);
  });

  test("are there once, whether the answer or the event comes first", async () => {
    const { store, log, transport } = start(ten());
    await store.openNewest();
    transport.on("Chat.Send", async () => {
      log.push(queued(1, { seq: 11, status: "sent" }));
      store.apply(["u-a/1"]);
      await settled();
      return queued(1);
    });
    await store.send("one");
    const own = store.getSnapshot().messages?.filter((m) => m.id === "u-a/1");
    expect(own).toMatchObject([{ seq: 11, status: "sent" }]);
  });

  test("a failed one is queued again in its place, or discarded", async () => {
    const { store, log, transport } = start([...ten(), queued(1, { status: "failed" }), queued(2)]);
    await store.openNewest();
    transport.on("Chat.Retry", () => {
      log[10] = queued(1, { status: "queued" });
    });
    await store.retry("u-a/1");
    await settled();
    expect(store.getSnapshot().messages?.slice(-2)).toMatchObject([
      { id: "u-a/1", status: "queued" },
      { id: "u-a/2" },
    ]);
    transport.on("Chat.Discard", () => void log.splice(10, 1));
    await store.discard("u-a/1");
    await settled();
    expect(
      store
        .getSnapshot()
        .messages?.slice(-2)
        .map((m) => m.id),
    ).toEqual(["u-b/10", "u-a/2"]);
  });
});

test("merging any two parts gives each message once, by seq, unsent last", () => {
  const all = ten();
  for (let i = 0; i < 200; i++) {
    const cut = () => all.filter(() => (i * 7 + Math.floor(i / 3)) % 3 !== 0 || i % 2 === 0);
    const unsent = [message(0, { id: "x" }), message(0, { id: "y" })];
    const merged = merge([...cut(), unsent[0] ?? message(0)], [...cut().reverse(), ...unsent]);
    const seqs = merged.filter((m) => m.seq > 0).map((m) => m.seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    expect(merged.slice(-2).map((m) => m.id)).toEqual(["x", "y"]);
  }
});

test("a recalled message keeps its place, and an unsent one goes", async () => {
  const log = [message(1, { mine: true, text: "again" }), message(0, { id: "u-a/x", mine: true })];
  const { store, transport } = start(log);
  transport.on("Chat.Recall", ({ message_id }: { message_id: string }) => {
    const at = log.findIndex((m) => m.id === message_id);
    log.splice(at, 1, ...(at === 0 ? [message(1, { mine: true, kind: "recall", text: "" })] : []));
  });
  await store.openNewest();
  await store.recall("u-b/1");
  await store.recall("u-a/x");
  await vi.waitFor(() => expect(store.getSnapshot().messages).toHaveLength(1));
  expect(store.getSnapshot().messages?.[0]?.kind).toBe("recall");
});

test("a message is found by its seq, also outside of what is loaded", async () => {
  const { store, transport } = start([message(8), message(9)]);
  await store.openNewest();
  expect((await store.find(9))?.id).toBe("u-b/9");
  transport.on("History.Page", () => ({
    messages: [message(3)],
    more_before: true,
    more_after: true,
    missing: false,
  }));
  expect((await store.find(3))?.id).toBe("u-b/3");
  expect(await store.find(4)).toBeNull();
});
