import { expect, test } from "vitest";
import { excerpt } from "./excerpt";

test("a short text shows whole", () => {
  expect(excerpt("hello\nthere")).toBeNull();
  expect(excerpt("a".repeat(600))).toBeNull();
});

test("a long text and one of many lines are cut", () => {
  expect(excerpt("a".repeat(601))).toBe("a".repeat(320));
  expect(excerpt("a\n".repeat(20))).toBe(Array.from({ length: 10 }, () => "a").join("\n"));
});

test("the cut never splits a character", () => {
  const family = "👨‍👩‍👧‍👦";
  const cut = excerpt("a".repeat(319) + family.repeat(200));
  expect(cut).toBe("a".repeat(319));
});
