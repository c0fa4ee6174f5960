import { expect, test } from "vitest";
import { markOf, marked } from "./marking";

const key = (name: string, held: Partial<Parameters<typeof markOf>[0]> = {}) =>
  markOf({ key: name, ctrlKey: true, metaKey: false, altKey: false, shiftKey: false, ...held });

test("keys mean marks, with Ctrl or the command key", () => {
  expect([key("b"), key("i"), key("e"), key("X", { shiftKey: true })]).toEqual([
    "**",
    "_",
    "`",
    "~~",
  ]);
  expect(key("b", { ctrlKey: false, metaKey: true })).toBe("**");
  expect([key("k"), key("b", { ctrlKey: false }), key("e", { altKey: true })]).toEqual([
    null,
    null,
    null,
  ]);
});

test.each([
  ["now", "**", "**now**"],
  ["**now**", "**", "now"],
  ["****", "**", "********"],
  ["a\nb", "`", "```\na\nb\n```"],
  ["```\na\nb\n```", "`", "a\nb"],
  ["x", "`", "`x`"],
])("%j with %s becomes %j", (words, mark, want) => expect(marked(words, mark)).toBe(want));
