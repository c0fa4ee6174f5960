import { describe, expect, test, vi } from "vitest";
import type { Delivery } from "./feed";
import { Feed } from "./feed";
import type { Backlog, BridgeEvent } from "./types";

const connection = { state: "online", next_try_ms: 0, error_code: "" } as const;
const event = (seq: number): BridgeEvent => ({ seq, kind: "contacts" });
const backlog = (events: number[], over: Partial<Backlog> = {}): Backlog => ({
  events: events.map(event),
  reset: false,
  seq: events.at(-1) ?? 0,
  connection,
  ...over,
});

/** A feed whose catch-ups the test answers, and what it delivered. */
function start() {
  const asked: number[] = [];
  const answers: ((b: Backlog | Error) => void)[] = [];
  const heard: (number | "reset")[] = [];
  const deliver = (d: Delivery) => {
    if (d.kind === "reset") heard.push("reset");
    if (d.kind === "events") heard.push(...d.events.map((e) => e.seq));
  };
  const feed = new Feed((seq) => {
    asked.push(seq);
    return new Promise((resolve, reject) => {
      answers.push((b) => (b instanceof Error ? reject(b) : resolve(b)));
    });
  }, deliver);
  const answer = async (b: Backlog | Error) => {
    answers.shift()?.(b);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { feed, asked, heard, answer };
}

/** A feed that has caught up with event 5. */
async function started() {
  const s = start();
  s.feed.catchUp();
  await s.answer(backlog([], { seq: 5 }));
  s.heard.length = 0;
  s.asked.length = 0;
  return s;
}

describe("a feed of events", () => {
  test("begins with a reset at the newest event, and holds what comes before that", async () => {
    const { feed, heard, answer } = start();
    feed.catchUp();
    feed.push([event(3), event(4)]);
    expect(heard).toEqual([]);
    await answer(backlog([1, 2, 3]));
    expect(heard).toEqual(["reset", 4]);
  });

  test("delivers in order and once", async () => {
    const { feed, heard, asked } = await started();
    feed.push([event(6), event(7)]);
    feed.push([event(7), event(8)]);
    expect(heard).toEqual([6, 7, 8]);
    expect(asked).toEqual([]);
  });

  test("asks for a gap and then goes on", async () => {
    const { feed, heard, asked, answer } = await started();
    feed.push([event(6), event(9)]);
    feed.push([event(10)]);
    expect(heard).toEqual([6]);
    expect(asked).toEqual([6]);
    await answer(backlog([7, 8, 9]));
    expect(heard).toEqual([6, 7, 8, 9, 10]);
  });

  test("resets when the gap is too old to be told", async () => {
    const { feed, heard, answer } = await started();
    feed.push([event(90)]);
    await answer(backlog([], { reset: true, seq: 90 }));
    feed.push([event(91)]);
    expect(heard).toEqual(["reset", 91]);
  });

  test("resets when a catch-up does not fill the gap", async () => {
    const { feed, heard, asked, answer } = await started();
    feed.push([event(9)]);
    await answer(backlog([6, 7]));
    expect(heard).toEqual([6, 7, "reset"]);
    feed.push([event(10)]);
    expect(heard.at(-1)).toBe(10);
    expect(asked).toEqual([5]);
  });

  test("resets when the program behind the page began anew", async () => {
    const { feed, heard, answer } = await started();
    feed.catchUp();
    await answer(backlog([], { seq: 2 }));
    feed.push([event(3)]);
    expect(heard).toEqual(["reset", 3]);
  });

  test("asks again after a catch-up that failed, and not after it was stopped", async () => {
    vi.useFakeTimers();
    const { feed, asked, heard, answer } = await started();
    feed.push([event(7)]);
    await answer(new Error("no answer"));
    expect(asked).toEqual([5]);
    vi.advanceTimersByTime(1_000);
    expect(asked).toEqual([5, 5]);
    await answer(backlog([6]));
    expect(heard).toEqual([6, 7]);
    feed.catchUp();
    feed.stop();
    await answer(new Error("no answer"));
    vi.advanceTimersByTime(5_000);
    expect(asked).toEqual([5, 5, 7]);
    vi.useRealTimers();
  });
});
