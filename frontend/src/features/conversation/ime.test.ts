import { expect, test } from "vitest";
import { endsLate, Ime } from "./ime";

const enter = (over: Partial<KeyboardEvent> = {}) => ({
  key: "Enter",
  keyCode: 13,
  isComposing: false,
  timeStamp: 1_000,
  ...over,
});

test("Enter belongs to the input method while something is composed", () => {
  const ime = new Ime(false);
  expect(ime.owns(enter())).toBe(false);
  ime.start();
  expect(ime.owns(enter())).toBe(true);
  ime.end(1_000);
  expect(ime.owns(enter())).toBe(false);
});

test("the event's own signs count without a compositionstart", () => {
  const ime = new Ime(false);
  expect(ime.owns(enter({ isComposing: true }))).toBe(true);
  expect(ime.owns(enter({ keyCode: 229 }))).toBe(true);
  expect(ime.owns(enter({ key: "Process" }))).toBe(true);
});

test("WebKit's Enter after compositionend belongs to it for 50 ms", () => {
  const ime = new Ime(true);
  ime.start();
  ime.end(1_000);
  expect(ime.owns(enter({ timeStamp: 1_049 }))).toBe(true);
  expect(ime.owns(enter({ timeStamp: 1_050 }))).toBe(false);
});

test("only WebKit ends late", () => {
  expect(endsLate("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko)")).toBe(true);
  expect(
    endsLate("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36"),
  ).toBe(false);
});
