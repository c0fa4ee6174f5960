import { expect, test } from "vitest";
import {
  below,
  correction,
  extentOf,
  maxRows,
  newest,
  seenSeq,
  slide,
  spanAround,
  stepRows,
  trim,
} from "./span";

const ids = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `m${from + i}`);

test("the newest rows are mounted first and follow the end", () => {
  expect(extentOf(newest, ids(0, 500))).toEqual({ start: 500 - stepRows, end: 500 });
  expect(extentOf(newest, ids(0, 7))).toEqual({ start: 0, end: 7 });
  expect(extentOf(newest, [])).toEqual({ start: 0, end: 0 });
});

test("rows that load above leave the mounted ones mounted", () => {
  const span = spanAround(ids(100, 300), 100);
  const before = extentOf(span, ids(100, 300));
  const after = extentOf(span, ids(0, 300));
  expect(after).toEqual({ start: before.start + 100, end: before.end + 100 });
});

test("sliding to the start reaches every row and never mounts more than the most", () => {
  const all = ids(0, 1000);
  let span = newest;
  let mounted = 0;
  for (let next = slide(span, all, "start"); next; next = slide(span, all, "start")) {
    const was = extentOf(span, all);
    const now = extentOf(next, all);
    expect(now.start).toBeLessThan(was.start);
    expect(now.end).toBeGreaterThan(was.start); // What is visible stays mounted.
    mounted = Math.max(mounted, now.end - now.start);
    span = next;
  }
  expect(extentOf(span, all).start).toBe(0);
  expect(mounted).toBe(maxRows);
});

test("sliding to the end ends with an open end", () => {
  const all = ids(0, 1000);
  let span = spanAround(all, 10);
  for (let next = slide(span, all, "end"); next; next = slide(span, all, "end")) span = next;
  expect(span.last).toBeNull();
  expect(extentOf(span, all).end).toBe(1000);
});

test("a span that grew at its open end is cut to its newest rows", () => {
  const span = { first: "m0", last: null };
  expect(trim(span, ids(0, maxRows))).toBe(span);
  const all = ids(0, maxRows + 1);
  expect(extentOf(trim(span, all), all)).toEqual({
    start: maxRows + 1 - stepRows * 2,
    end: maxRows + 1,
  });
});

test("an id that is gone leaves its end open", () => {
  expect(extentOf({ first: "gone", last: "gone" }, ids(0, 10))).toEqual({ start: 0, end: 10 });
});

const scroll = { top: 500, height: 2000, view: 600 };

test("at the end the distance to the end is held", () => {
  expect(below(scroll)).toBe(900);
  expect(correction({ to: "end", below: 0 }, scroll, () => null)).toBe(900);
});

test("elsewhere the first visible row that is still there is held", () => {
  const marks = [
    { id: "gone", top: -20 },
    { id: "a", top: 30 },
    { id: "b", top: 90 },
  ];
  const tops: Record<string, number> = { a: 430.5, b: 600 };
  expect(correction({ to: "rows", marks }, scroll, (id) => tops[id] ?? null)).toBe(400.5);
  expect(correction({ to: "rows", marks }, scroll, () => null)).toBe(0);
});

test("what began to show counts as seen", () => {
  const rows = [
    { seq: 7, top: -300 },
    { seq: 8, top: 560 },
    { seq: 9, top: 590 },
    { seq: 0, top: 10 },
  ];
  expect(seenSeq(rows, 600)).toBe(8);
  expect(seenSeq([], 600)).toBe(0);
});
