import { expect, test } from "vitest";
import { Selection } from "./selection";

const order = ["a", "b", "c", "d", "e"];
const chosen = (s: Selection) => order.filter((id) => s.getSnapshot()?.has(id));

test("a range goes from what was chosen last, in either direction", () => {
  const s = new Selection();
  expect(s.getSnapshot()).toBeNull();
  s.begin("d");
  s.extend("b", order);
  expect(chosen(s)).toEqual(["b", "c", "d"]);
  s.toggle("c");
  expect(chosen(s)).toEqual(["b", "d"]);
  s.extend("e", order);
  expect(chosen(s)).toEqual(["b", "c", "d", "e"]);
});

test("a range whose beginning is gone is the message alone", () => {
  const s = new Selection();
  s.begin("gone");
  s.extend("b", order);
  expect(chosen(s)).toEqual(["b"]);
});

test("what is taken out of it leaves it open, ending it does not", () => {
  const s = new Selection();
  s.begin("a");
  s.toggle("a");
  expect(s.getSnapshot()?.size).toBe(0);
  s.end();
  expect(s.getSnapshot()).toBeNull();
});
