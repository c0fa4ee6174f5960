import { expect, test } from "vitest";
import type { Conversation } from "../../bridge/types";
import { actionOf, actionsFor } from "./chatActions";

const plain: Conversation = {
  id: "c1",
  kind: "direct",
  peer: { id: "u-b", username: "user_b", nickname: "B" },
  remark: "",
  friend: true,
  last_seq: 9,
  read_seq: 9,
  peer_read_seq: 0,
  peer_delivered_seq: 0,
  unread: 0,
  preview: { kind: "", text: "", mine: false, status: "", created_ms: 0 },
  draft: "",
  draft_ref_seq: 0,
  draft_mentions: [],
  pins: [],
  sort_ms: 0,
  pinned_ms: 0,
  muted: false,
  archived: false,
  hidden: false,
  marked_unread: false,
  empty: false,
  clear_for_all: true,
};

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
