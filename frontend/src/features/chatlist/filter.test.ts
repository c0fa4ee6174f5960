import { expect, test } from "vitest";
import { conversation } from "../../testing/fakeTransport";
import { filterConversations, nextUnread, stepFrom } from "./filter";

const [a, b, c] = [
  conversation("a"),
  conversation("b", { unread: 2, remark: "老王" }),
  conversation("c", { unread: 1 }),
];
const list = [a, b, c];

test("unread shows what is unread and what is open", () => {
  expect(filterConversations(list, "unread", null)).toEqual([b, c]);
  expect(filterConversations(list, "unread", "a")).toEqual([a, b, c]);
  expect(filterConversations(list, "all", null)).toEqual(list);
});

test("hidden and archived ones stand elsewhere", () => {
  const hidden = { ...b, hidden: true };
  const archived = { ...c, archived: true };
  const marked = { ...a, marked_unread: true };
  const all = [marked, hidden, archived];
  expect(filterConversations(all, "all", null)).toEqual([marked]);
  expect(filterConversations(all, "unread", null)).toEqual([marked]);
  expect(filterConversations(all, "archived", null)).toEqual([archived]);
  expect(nextUnread([a, { ...b, muted: true }, marked], "a")).toBeUndefined();
});

test("steps stop at the ends and begin there when nothing is open", () => {
  expect(stepFrom(list, "b", 1)).toBe(c);
  expect(stepFrom(list, "c", 1)).toBe(c);
  expect(stepFrom(list, "a", -1)).toBe(a);
  expect(stepFrom(list, null, 1)).toBe(a);
  expect(stepFrom(list, null, -1)).toBe(c);
  expect(stepFrom([], null, 1)).toBeUndefined();
});

test("the next unread one is looked for around the end, never the open one", () => {
  expect(nextUnread(list, "b")).toBe(c);
  expect(nextUnread(list, "c")).toBe(b);
  expect(nextUnread([a, b], "b")).toBeUndefined();
  expect(nextUnread(list, null)).toBe(b);
});
