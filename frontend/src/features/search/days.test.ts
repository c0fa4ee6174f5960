import { expect, test } from "vitest";
import { daysOf } from "./days";

test("a month is its days' beginnings and its end", () => {
  const days = daysOf(new Date(2026, 1, 17));
  expect(days).toHaveLength(29);
  expect(days[0]).toBe(new Date(2026, 1, 1).getTime());
  expect(days.at(-1)).toBe(new Date(2026, 2, 1).getTime());
});
