import { expect, test } from "vitest";
import { nicknameFits, passwordFits, usernameFault } from "./rules";

test.each([
  ["yining", null],
  ["A_1b2", null],
  ["abcd", "short"],
  ["a".repeat(20), null],
  ["a".repeat(21), "long"],
  ["has space", "chars"],
  ["宁宁宁宁宁", "chars"],
  ["a-b-c", "chars"],
])("the username %j has the fault %j", (name, want) => expect(usernameFault(name)).toBe(want));

test.each([
  ["", false],
  ["  ", false],
  ["宁", true],
  ["👩‍🚀".repeat(10), true],
  ["a".repeat(33), false],
])("the nickname %j fits: %j", (name, want) => expect(nicknameFits(name)).toBe(want));

test.each([
  ["1234567", false],
  ["12345678", true],
  ["密".repeat(8), true],
  ["a".repeat(129), false],
])("the password %j fits: %j", (password, want) => expect(passwordFits(password)).toBe(want));
