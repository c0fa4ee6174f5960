import { expect, test } from "vitest";
import { withRecent } from "./recentEmoji";

test("the last one used comes first, each once, and nine are kept", () => {
  let recent: string[] = [];
  for (const e of ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "3"]) {
    recent = withRecent(recent, e);
  }
  expect(recent).toEqual(["3", "10", "9", "8", "7", "6", "5", "4", "2"]);
});
