import { expect, test } from "vitest";
import { atTime, choices, timeOf } from "./laterTimes";

const on = (h: number, m = 0, s = 0) => new Date(2026, 10, 23, h, m, s).getTime();

test("only times that lie ahead are offered", () => {
  expect(choices(on(14, 20, 30))).toEqual([
    { key: "hour", atMs: on(15, 21) },
    { key: "tonight", atMs: on(20) },
    { key: "tomorrow", atMs: new Date(2026, 10, 24, 9).getTime() },
  ]);
  expect(choices(on(20)).map((c) => c.key)).toEqual(["hour", "tomorrow"]);
});

test("a time is read as people write it", () => {
  const day = new Date(2026, 10, 23);
  expect(timeOf(on(9, 5))).toBe("09:05");
  expect(atTime(day, "09:05")).toBe(on(9, 5));
  expect(atTime(day, " 9：05 ")).toBe(on(9, 5));
  expect(atTime(day, "23.59")).toBe(on(23, 59));
  for (const bad of ["", "9", "24:00", "12:60", "9:5", "noon"]) expect(atTime(day, bad)).toBeNull();
});
