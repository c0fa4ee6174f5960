import { expect, test } from "vitest";
import { emojiVersion } from "./emojiVersion";

const colours = { "#f00": [255, 0, 0, 255], "#00f": [0, 0, 255, 255] };

/** A machine that draws some emoji in colour and the rest in the way given. */
const machine = (known: string, rest: "nothing" | "a box") => (text: string, colour: string) =>
  new Uint8ClampedArray(
    known.includes(text)
      ? [250, 200, 0, 255]
      : rest === "nothing"
        ? [0, 0, 0, 0]
        : (colours[colour as keyof typeof colours] ?? []),
  );

test.each(["nothing", "a box"] as const)("what is drawn as %s is not there", (rest) => {
  expect(emojiVersion(machine("\u{1FAE8}\u{1FAE0}", rest))).toBe(15);
  expect(emojiVersion(machine("", rest))).toBeUndefined();
});

test("without a canvas it cannot be told", () => {
  expect(emojiVersion()).toBeUndefined();
});
