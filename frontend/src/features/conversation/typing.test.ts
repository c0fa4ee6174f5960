import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TypingHint } from "./typing";

let told: boolean[];
let hint: TypingHint;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  hint = new TypingHint((on) => told.push(on));
});
afterEach(() => void vi.useRealTimers());

test("the hint is renewed every three seconds at most", () => {
  for (let i = 0; i < 7; i++) {
    hint.input("hello");
    vi.advanceTimersByTime(1_000);
  }
  expect(told).toEqual([true, true, true]);
});

test("it ends when nothing is typed for a while, when the field is blank, and when told to", () => {
  hint.input("a");
  vi.advanceTimersByTime(5_000);
  expect(told).toEqual([true, false]);
  hint.input("b");
  hint.input("  ");
  expect(told).toEqual([true, false, true, false]);
  hint.stop();
  expect(told).toHaveLength(4);
});

test("sending ends it without a word, and typing on begins a hint at once", () => {
  hint.input("a");
  hint.sent();
  expect(told).toEqual([true]);
  hint.input("b");
  expect(told).toEqual([true, true]);
});
