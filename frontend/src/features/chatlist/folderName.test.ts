import { expect, test } from "vitest";
import { fitsFolder } from "./folderName";

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
