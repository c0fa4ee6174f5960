import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Later } from "./later";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("only the newest value arrives, after a pause", () => {
  const got: string[] = [];
  const later = new Later<string>((v) => got.push(v), 500);
  later.set("a");
  vi.advanceTimersByTime(499);
  later.set("ab");
  vi.advanceTimersByTime(499);
  expect(got).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(got).toEqual(["ab"]);
});

test("flush hands on at once, once", () => {
  const got: string[] = [];
  const later = new Later<string>((v) => got.push(v), 500);
  later.set("a");
  later.flush();
  later.flush();
  vi.runAllTimers();
  expect(got).toEqual(["a"]);
});

test("a dropped value never arrives", () => {
  const got: string[] = [];
  const later = new Later<string>((v) => got.push(v), 500);
  later.set("a");
  later.drop();
  later.flush();
  vi.runAllTimers();
  expect(got).toEqual([]);
});
