import { expect, test } from "vitest";
import { SmallMap } from "./smallMap";

test("a small map is a map", () => {
  const map = new SmallMap<string, number>();
  map.set("a", 1).set("b", 2).set("a", 3);
  expect(map.get("a")).toBe(3);
  expect(map.get("c")).toBeUndefined();
  expect(map.delete("b")).toBe(true);
  expect(map.delete("b")).toBe(false);
  map.set("c", 4);
  const seen: [string, number][] = [];
  map.forEach((value, key) => {
    map.delete(key);
    map.set(`${key}!`, value);
    seen.push([key, value]);
  });
  expect(seen).toEqual([
    ["a", 3],
    ["c", 4],
  ]);
});
