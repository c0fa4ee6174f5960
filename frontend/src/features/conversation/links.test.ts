import { expect, test } from "vitest";
import { segments } from "./links";

const links = (text: string) => segments(text).flatMap((s) => (s.href === null ? [] : [s.href]));

test.each([
  ["plain words", []],
  ["see https://a.example/x?y=1#z.", ["https://a.example/x?y=1#z"]],
  ["看https://a.example/路径很长，好", ["https://a.example/"]],
  [
    "看 https://a.example/x这个和https://b.example/y那个",
    ["https://a.example/x", "https://b.example/y"],
  ],
  ["（https://a.example/x）", ["https://a.example/x"]],
  ["www.example.com and ana@example.com", ["http://www.example.com", "mailto:ana@example.com"]],
  ["readme.md main.rs v1.2.3 10.5", []],
  ["javascript:alert(1) file:///etc/passwd ftp://a.example/x //a.example", []],
])("links in %j", (text, want) => {
  expect(links(text)).toEqual(want);
});

test.each([
  "",
  "a",
  "看https://a.example/x这个",
  "a <b>https://a.example</b> c\n\nd",
  "😀 www.example.com 😀",
])("the parts of %j are the text", (text) => {
  expect(
    segments(text)
      .map((s) => s.text)
      .join(""),
  ).toBe(text);
});
