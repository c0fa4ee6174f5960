import { expect, test } from "vitest";
import { isBlank, lengthOf } from "./limits";

test.each([
  ["empty", "", { state: "fine" }],
  ["short", "a".repeat(9_499), { state: "fine" }],
  ["near in characters", "a".repeat(9_990), { state: "near", left: 10, unit: "runes" }],
  ["at the limit", "a".repeat(10_000), { state: "near", left: 0, unit: "runes" }],
  ["over in characters", "字".repeat(10_002), { state: "over", left: -2, unit: "runes" }],
  ["surrogate pairs count once", "😀".repeat(9_000), { state: "fine" }],
  ["at both limits", "😀".repeat(10_000), { state: "near", left: 0, unit: "runes" }],
])("%s", (_, text, want) => {
  expect(lengthOf(text)).toEqual(want);
});

test.each([
  ["nothing", "", true],
  ["white space", " \n\t\u3000", true],
  ["nothing that shows", "\u200B\u2060\uFEFF \u200D\uFE0F\u3164\0", true],
  ["one letter among that", "\u200Bx\u200B", false],
  ["an emoji of several", "👩‍👩‍👧", false],
  ["a letter of a private font", "\uE000", false],
])("blank: %s", (_, text, want) => {
  expect(isBlank(text)).toBe(want);
});
