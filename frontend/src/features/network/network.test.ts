import { expect, test } from "vitest";
import { groups } from "./fingerprint";
import { badProxy, cleanProxy, validAddress } from "./proxy";

test("a fingerprint is read in groups of four, however it is written", () => {
  const hex = "0123456789abcdef";
  expect(groups(hex)).toEqual(["0123", "4567", "89AB", "CDEF"]);
  expect(groups("01:23:45:67:89:AB:CD:EF")).toEqual(["0123", "4567", "89AB", "CDEF"]);
});

test.each([
  ["127.0.0.1:1080", true],
  ["proxy.example:8080", true],
  ["[::1]:1080", true],
  ["127.0.0.1", false],
  ["127.0.0.1:70800", false],
  ["127.0.0.1:0", false],
  ["http://a:1", false],
  ["", false],
])("the proxy address %j is valid: %j", (address, want) => {
  expect(validAddress(address)).toBe(want);
  const proxy = { kind: "http" as const, address, username: "", password: "" };
  expect(badProxy(proxy)).toBe(!want);
});

test("what does not belong to the kind of proxy is not kept", () => {
  expect(cleanProxy({ kind: "", address: "a:1", username: "u", password: "p" })).toEqual({
    kind: "system",
    address: "",
    username: "",
    password: "",
  });
});
