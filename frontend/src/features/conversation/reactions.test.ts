import { expect, test } from "vitest";
import { quickReactions } from "./reactions";

test("six emoji are one press away: the ones used last, then the usual ones, each once", () => {
  expect(quickReactions([])).toEqual(["👍", "❤️", "😂", "🎉", "😮", "😢"]);
  expect(quickReactions(["🐼", "😂"])).toEqual(["🐼", "😂", "👍", "❤️", "🎉", "😮"]);
  expect(quickReactions(["1", "2", "3", "4", "5", "6", "7", "8", "9"])).toHaveLength(6);
});
