import { expect, test } from "vitest";
import { anyTime, boundsOf } from "./spans";

const now = new Date(2026, 10, 24, 15, 30);
const at = (year: number, month: number, day: number) => new Date(year, month - 1, day).getTime();

test("a span ends with today and begins where a day does", () => {
  expect(boundsOf(anyTime, now)).toEqual({ fromMs: 0, toMs: 0 });
  expect(boundsOf({ span: "7" }, now)).toEqual({ fromMs: at(2026, 11, 18), toMs: 0 });
});

test("between two days are both of them, and either may be open", () => {
  const [first, last] = [new Date(2026, 9, 30, 9), new Date(2026, 9, 31, 9)];
  expect(boundsOf({ span: "days", first, last }, now)).toEqual({
    fromMs: at(2026, 10, 30),
    toMs: at(2026, 11, 1),
  });
  expect(boundsOf({ span: "days", last }, now)).toEqual({ fromMs: 0, toMs: at(2026, 11, 1) });
  expect(boundsOf({ span: "days" }, now)).toEqual({ fromMs: 0, toMs: 0 });
});
