import { expect, test } from "vitest";
import type { Message } from "../../bridge/types";
import { message as told } from "../../testing/fakeTransport";
import { countUnsent, deliveryOf, rowsOf } from "./rows";

const noon = new Date(2026, 10, 23, 12).getTime();
const minute = 60_000;
const day = 24 * 60 * minute;

let seq = 0;
const message = (over: Partial<Message> = {}): Message => {
  seq++;
  const sender = over.sender ?? "ana";
  return told(seq, {
    id: `${sender}/${seq}`,
    sender,
    mine: sender === "me",
    created_ms: noon,
    ...over,
  });
};

const shape = (messages: Message[], over = {}) =>
  rowsOf(messages, { fromStart: false, unreadAfter: null, ...over }).map((r) =>
    [r.day && "day", r.unread && "unread", r.head && "head", r.tail && "tail"]
      .filter(Boolean)
      .join(" "),
  );

test("messages by one person within five minutes fold", () => {
  expect(
    shape([
      message(),
      message({ created_ms: noon + minute }),
      message({ created_ms: noon + 2 * minute }),
    ]),
  ).toEqual(["head", "", "tail"]);
});

test("another person, a long pause, a date and a notice each begin a run", () => {
  expect(
    shape([
      message(),
      message({ sender: "me" }),
      message({ sender: "me", created_ms: noon + 10 * minute }),
      message({ sender: "me", created_ms: noon + day }),
      message({ sender: "me", created_ms: noon + day, kind: "friended" }),
      message({ sender: "me", created_ms: noon + day }),
    ]),
  ).toEqual(["head tail", "head tail", "head tail", "day head tail", "head tail", "head tail"]);
});

test("the first loaded message has a date only where the conversation begins", () => {
  expect(shape([message()])).toEqual(["head tail"]);
  expect(shape([message()], { fromStart: true })).toEqual(["day head tail"]);
});

test("a row that is as it was is the same one when others come", () => {
  const all = Array.from({ length: 40 }, (_, i) => message({ created_ms: noon + i * minute }));
  const options = { fromStart: false, unreadAfter: null };
  const before = rowsOf(all.slice(10, 30), options);
  const after = rowsOf(all, options);
  // The first of them began a run, and the last of them ended one.
  expect(after.slice(11, 29).every((row, i) => row === before[i + 1])).toBe(true);
  expect([after[10], after[29]]).not.toEqual([before[0], before[19]]);
});

test("the line of new messages is above what is loaded where that begins later", () => {
  const messages = [message(), message(), message()];
  const first = messages[0]?.seq ?? 0;
  const lines = (unreadAfter: number, fromStart = false) =>
    rowsOf(messages, { fromStart, unreadAfter }).map((r) => r.unread);
  expect(lines(first - 1)).toEqual([true, false, false]);
  expect(lines(first - 2)).toEqual([false, false, false]);
  expect(lines(first - 2, true)).toEqual([true, false, false]);
});

test("the line of new messages stands above the first by others after the read position", () => {
  const [a, mine, b, c] = [message(), message({ sender: "me" }), message(), message()];
  expect(shape([a, mine, b, c], { unreadAfter: a.seq })).toEqual([
    "head tail",
    "head tail",
    "unread head",
    "tail",
  ]);
  expect(shape([a, mine], { unreadAfter: a.seq })).toEqual(["head tail", "head tail"]);
});

test("an unsent message is never the first unread one", () => {
  const rows = rowsOf([message({ sender: "me", seq: 0, status: "queued" })], {
    fromStart: false,
    unreadAfter: 0,
  });
  expect(rows[0]?.unread).toBe(false);
});

test("delivery follows from the peer's positions once the server has the message", () => {
  const at = { peer_read_seq: 4, peer_delivered_seq: 6 };
  expect(deliveryOf({ status: "sent", seq: 4 }, at)).toBe("read");
  expect(deliveryOf({ status: "sent", seq: 6 }, at)).toBe("delivered");
  expect(deliveryOf({ status: "sent", seq: 7 }, at)).toBe("sent");
  expect(deliveryOf({ status: "queued", seq: 0 }, at)).toBe("queued");
  expect(deliveryOf({ status: "failed", seq: 0 }, at)).toBe("failed");
});

test("unsent messages are counted at the end of the list", () => {
  expect(
    countUnsent([
      message({ sender: "me" }),
      message({ status: "failed" }),
      message({ status: "sending" }),
      message({ status: "queued" }),
    ]),
  ).toEqual({ waiting: 2, failed: 1 });
});
