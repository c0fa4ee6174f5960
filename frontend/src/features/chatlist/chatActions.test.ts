import { expect, test } from "vitest";
import { conversation } from "../../testing/fakeTransport";
import { actionOf, actionsFor } from "./chatActions";

const plain = conversation("c1");

test("a menu offers what is not so yet", () => {
  const both = ["clear", "clear_all"];
  expect(actionsFor(plain)).toEqual(["pin", "mark_unread", "mute", "hide", "archive", ...both]);
  const other = { ...plain, pinned_ms: 1, marked_unread: true, muted: true, archived: true };
  expect(actionsFor(other)).toEqual(["unpin", "mark_read", "unmute", "hide", "unarchive", ...both]);
  expect(actionsFor({ ...plain, clear_for_all: false })).not.toContain("clear_all");
  expect(actionsFor({ ...plain, empty: true })).not.toContain("clear");
});

test("a key means the one of its pair that is offered", () => {
  expect(actionOf(plain, "p")).toBe("pin");
  expect(actionOf({ ...plain, pinned_ms: 1 }, "P")).toBe("unpin");
  expect(actionOf({ ...plain, unread: 2 }, "u")).toBe("mark_read");
  expect(actionOf(plain, "Enter")).toBeUndefined();
});
