import { expect, test } from "vitest";
import { actions, chordOf, refusalOf, shownKeys, usual } from "./chords";

const press = (key: string, over: Partial<KeyboardEvent> = {}) =>
  chordOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...over });

test("keys are told as they are pressed, whatever the layout makes of them", () => {
  expect(press("k", { ctrlKey: true })).toBe("Mod+K");
  expect(press("K", { metaKey: true, shiftKey: true })).toBe("Mod+Shift+K");
  expect(press("˚", { altKey: true, code: "KeyK" })).toBe("Alt+K");
  expect(press("л", { ctrlKey: true, code: "KeyK" })).toBe("Mod+K");
  expect(press("!", { ctrlKey: true, shiftKey: true, code: "Digit1" })).toBe("Mod+Shift+1");
  expect(press("<", { ctrlKey: true, shiftKey: true, code: "Comma" })).toBe("Mod+Shift+,");
  expect(press("+", { ctrlKey: true, code: "NumpadAdd" })).toBe("Mod+Plus");
  expect(press("ArrowUp", { altKey: true })).toBe("Alt+ArrowUp");
  expect(press("F6", { shiftKey: true })).toBe("Shift+F6");
  for (const key of ["Control", "Shift", "Alt", "Meta", "Dead"]) expect(press(key)).toBeNull();
});

test("no two actions have the same usual keys, and all of these may be chosen", () => {
  expect(new Set(Object.values(usual)).size).toBe(actions.length);
  for (const place of ["mac", "pc", "web"] as const) {
    for (const a of actions)
      expect(`${a} ${refusalOf(usual[a], place) ?? "fits"}`).toBe(`${a} fits`);
  }
});

test.each([
  ["K", "pc", "bare"],
  ["Shift+K", "pc", "bare"],
  ["Enter", "pc", "bare"],
  ["F7", "pc", null],
  ["Mod+Shift+K", "pc", null],
  ["Alt+F4", "pc", "system"],
  ["Mod+Q", "mac", "system"],
  ["Mod+T", "web", "browser"],
  ["Mod+T", "pc", null],
  ["F5", "web", "browser"],
  ["Mod+C", "mac", "editing"],
  ["Mod+5", "pc", "fixed"],
  ["Mod+Enter", "web", "fixed"],
] as const)("%s on %s: %s", (chord, place, refusal) => {
  expect(refusalOf(chord, place)).toBe(refusal);
});

test("keys are shown with the signs of the system", () => {
  expect(shownKeys("Mod+Shift+K", false)).toBe("Ctrl+Shift+K");
  expect(shownKeys("Mod+,", true)).toBe("⌘+,");
  expect(shownKeys("Alt+ArrowUp", false)).toBe("Alt+↑");
});
