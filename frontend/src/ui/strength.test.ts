import { expect, test } from "vitest";
import { strength } from "./strength";

test.each([
  ["password", "weak"],
  ["aaaaaaaaaaaaaaaa", "weak"],
  ["abcdefghijklmnop", "weak"],
  ["12345678", "weak"],
  ["tr4vel-H", "fair"],
  ["correct horse 7 battery", "strong"],
  ["一只橘猫睡在窗台上", "strong"],
])("the password %j is %s", (password, want) => expect(strength(password).level).toBe(want));
