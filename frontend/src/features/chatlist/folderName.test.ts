import { expect, test } from "vitest";
import { fitsFolder, sameName } from "./folderName";

test.each([
  ["Work", true],
  ["十二个汉字的名字也行哦", true],
  ["十三个汉字的名字就太长了啊", false],
  ["twenty-four letters wide", true],
  ["twenty-five letters wide!", false],
  ["  ", false],
  [" padded is cut before keep ", false],
])("%s fits a folder: %s", (name, fits) => {
  expect(fitsFolder(name)).toBe(fits);
});

test.each([
  ["Work", " work ", true],
  ["Ｗork", "Work", true],
  ["工作", "工作", true],
  ["Work", "Works", false],
])("%s and %s are one name: %s", (a, b, same) => {
  expect(sameName(a, b)).toBe(same);
});
