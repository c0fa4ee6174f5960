import { expect, test } from "vitest";
import type { FriendRequest, Relation } from "../../bridge/types";
import { actionFor } from "./relation";
import { daysUntil, sortRequests, stateOf } from "./requests";

const person = (id: string) => ({ id, username: id, nickname: id });
const request = (id: string, over: Partial<FriendRequest> = {}): FriendRequest => ({
  id,
  from: person("other"),
  to: person("me"),
  message: "",
  state: "pending",
  created_ms: 0,
  expires_ms: 1_000,
  ...over,
});

test.each<[Relation, string]>([
  ["none", "ask"],
  ["friend", "message"],
  ["asked", "wait"],
  ["asked_you", "accept"],
  ["self", "none"],
])("somebody who is %s can be: %s", (relation, action) => {
  expect(actionFor(relation)).toBe(action);
});

test("requests that wait come apart from answered and sent ones, newest first", () => {
  const sorted = sortRequests(
    [
      request("old", { created_ms: 1 }),
      request("new", { created_ms: 5 }),
      request("refused", { state: "refused" }),
      request("late", { expires_ms: 10 }),
      request("mine", { from: person("me"), to: person("other") }),
    ],
    "me",
    100,
  );
  expect(sorted.waiting.map((r) => r.id)).toEqual(["new", "old"]);
  expect(sorted.answered.map((r) => r.id)).toEqual(["refused", "late"]);
  expect(sorted.sent.map((r) => r.id)).toEqual(["mine"]);
});

test("a request is expired from its time on", () => {
  expect(stateOf(request("a"), 999)).toBe("pending");
  expect(stateOf(request("a"), 1_000)).toBe("expired");
  expect(stateOf(request("a", { state: "accepted" }), 5_000)).toBe("accepted");
});

test("days are rounded up", () => {
  expect(daysUntil(1)).toBe(1);
  expect(daysUntil(86_400_000)).toBe(1);
  expect(daysUntil(86_400_000 + 60_000)).toBe(1);
  expect(daysUntil(1.5 * 86_400_000)).toBe(2);
});
