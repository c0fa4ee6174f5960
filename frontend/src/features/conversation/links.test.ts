import { expect, test } from "vitest";
import cases from "../../../../backend/markup/testdata/links.json";
import { segments } from "./links";

const links = (text: string) => segments(text).flatMap((s) => (s.href === null ? [] : [s.href]));

// The engine's exports find the same.
test.each(cases.map(([text, want]) => [text, want]))("links in %j", (text, want) => {
  expect(links(String(text))).toEqual(want);
});

test.each([
  ["www.example.com and ana@example.com", ["http://www.example.com", "mailto:ana@example.com"]],
  ["看www.example.com好，ana@example.com。", ["http://www.example.com", "mailto:ana@example.com"]],
  ["readme.md main.rs v1.2.3 10.5", []],
  ["javascript:alert(1) file:///etc/passwd ftp://a.example/x //a.example", []],
  ["https://a.example/x,www.example.com", ["https://a.example/x,www.example.com"]],
])("bare names and mail in %j", (text, want) => {
  expect(links(text)).toEqual(want);
});

test.each([
  "",
  "a",
  "看https://a.example/x这个",
  "a <b>https://a.example</b> c\n\nd",
  "😀 www.example.com 😀",
  "😀https://a.example/wiki/😀西湖😀",
])("the parts of %j are the text", (text) => {
  expect(
    segments(text)
      .map((s) => s.text)
      .join(""),
  ).toBe(text);
});
