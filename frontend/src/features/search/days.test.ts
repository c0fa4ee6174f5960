import { expect, test } from "vitest";
import { daysOf } from "./days";
import { spanOf } from "./spans";

test("a month is its days' beginnings and its end", () => {
  const days = daysOf(new Date(2026, 1, 17));
  expect(days).toHaveLength(29);
  expect(days[0]).toBe(new Date(2026, 1, 1).getTime());
  expect(days.at(-1)).toBe(new Date(2026, 2, 1).getTime());
});

test("a span begins with a day, and today is one of its days", () => {
  const now = new Date(2026, 10, 23, 15, 30);
  expect(spanOf("any", now)).toBe(0);
  expect(spanOf("7", now)).toBe(new Date(2026, 10, 17).getTime());
});
