import { expect, test } from "vitest";
import { endsLate, Ime } from "./ime";

const key = (over: Partial<KeyboardEvent> = {}) => ({
  key: "Enter",
  keyCode: 13,
  isComposing: false,
  ...over,
});
const taken = key({ key: "Unidentified", keyCode: 229, isComposing: true });

test("Enter belongs to the input method while something is composed", () => {
  const ime = new Ime(false);
  expect(ime.press(key(), 900)).toBe("user");
  ime.start();
  expect(ime.press(key(), 950)).toBe("method");
  ime.end(1_000);
  expect(ime.press(key(), 1_001)).toBe("user");
});

test("the event's own signs count without a compositionstart", () => {
  const ime = new Ime(false);
  expect(ime.press(key({ isComposing: true }), 0)).toBe("method");
  expect(ime.press(key({ keyCode: 229 }), 0)).toBe("method");
  expect(ime.press(key({ key: "Process" }), 0)).toBe("method");
});

test("WebKit on macOS: the Enter after compositionend has keyCode 229", () => {
  const ime = new Ime(true);
  ime.start();
  ime.end(1_000);
  expect(ime.press(key({ keyCode: 229 }), 1_000)).toBe("method");
  ime.release();
  expect(ime.press(key(), 1_200)).toBe("user");
});

test("WebKit on GTK: the Enter before compositionend is told of once more, before its release", () => {
  const ime = new Ime(true);
  ime.start();
  expect(ime.press(taken, 1_000)).toBe("method");
  ime.end(1_010);
  expect(ime.press(key(), 1_300)).toBe("told again");
  ime.release();
  expect(ime.press(key(), 1_301)).toBe("user");
});

test("a key of the text that is released meanwhile hides it for no less than 50 ms", () => {
  const ime = new Ime(true);
  ime.start();
  expect(ime.press(taken, 1_000)).toBe("method");
  ime.release();
  ime.end(1_010);
  expect(ime.press(key(), 1_059)).toBe("told again");
  expect(ime.press(key(), 1_060)).toBe("user");
});

test("a release that the method keeps to itself costs no later Enter", () => {
  const ime = new Ime(true);
  ime.start();
  expect(ime.press(taken, 1_000)).toBe("method");
  ime.end(1_010);
  expect(ime.press(key(), 1_310)).toBe("user");
});

test("only WebKit ends late", () => {
  expect(endsLate("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko)")).toBe(true);
  expect(
    endsLate("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36"),
  ).toBe(false);
});
