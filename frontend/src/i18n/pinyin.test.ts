import { expect, test } from "vitest";
import { findsName, initialsOf, letterOf } from "./pinyin";

test.each([
  ["陈屿", "C"],
  ["顾北辰", "G"],
  ["李若谷", "L"],
  ["沈知夏", "S"],
  ["爸爸", "B"],
  ["阿澈", "A"],
  ["章老师", "Z"],
  ["吴", "W"],
  ["Éva", "E"],
  ["alex", "A"],
  ["7号", "#"],
  ["😀", "#"],
  ["", "#"],
])("%s is found under %s", (name, letter) => {
  expect(letterOf(name)).toBe(letter);
});

test("initials are what people type", () => {
  expect(initialsOf("沈知夏")).toBe("szx");
});

test.each(["知夏", "SZX", "zx", "summer", "夏天", " szx ", ""])("%j finds a name", (query) => {
  expect(findsName(query, ["沈知夏", "夏天的风", "summer_wind"])).toBe(true);
});

test.each(["szy", "zxs", "winter"])("%j finds it not", (query) => {
  expect(findsName(query, ["沈知夏", "夏天的风", "summer_wind"])).toBe(false);
});
