import { beforeEach, expect, test } from "vitest";
import { recentEmoji, rememberEmoji } from "./recentEmoji";

beforeEach(() => localStorage.clear());

test("the last one used comes first, each once, and nine are kept", () => {
  for (const e of ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "3"]) rememberEmoji(e);
  expect(recentEmoji()).toEqual(["3", "10", "9", "8", "7", "6", "5", "4", "2"]);
});

test("whatever else storage holds is no list", () => {
  localStorage.setItem("recent-emoji", "{broken");
  expect(recentEmoji()).toEqual([]);
  localStorage.setItem("recent-emoji", '{"a":1}');
  expect(recentEmoji()).toEqual([]);
});
