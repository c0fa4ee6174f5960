import { expect, test } from "vitest";
import type { Contact } from "../../bridge/types";
import { directory, initialsOf, letterOf } from "./directory";

const contact = (nickname: string, over: Partial<Contact> = {}): Contact => ({
  profile: { id: nickname, username: `${nickname}_user`, nickname },
  remark: "",
  friend: true,
  conversation_id: "",
  since_ms: 0,
  ...over,
});

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

test("friends stand under their letters, by pinyin, with the rest last", () => {
  const groups = directory(
    ["7号", "沈知夏", "Alex", "阿澈", "顾北辰", "沈安"].map((n) => contact(n)),
    "",
  );
  expect(groups.map((g) => [g.letter, ...g.contacts.map((c) => c.profile.nickname)])).toEqual([
    ["A", "阿澈", "Alex"],
    ["G", "顾北辰"],
    ["S", "沈安", "沈知夏"],
    ["#", "7号"],
  ]);
});

test("a remark is the name, and former friends are left out", () => {
  const groups = directory(
    [contact("Bob", { remark: "老王" }), contact("Cat", { friend: false })],
    "",
  );
  expect(groups.map((g) => g.letter)).toEqual(["L"]);
});

test.each(["知夏", "SZX", "夏天", "summer", " szx "])(
  "%j finds by remark, nickname, username or initials",
  (q) => {
    const who = contact("夏天的风", { remark: "沈知夏" });
    who.profile.username = "summer_wind";
    expect(directory([who, contact("Bob")], q).flatMap((g) => g.contacts)).toEqual([who]);
  },
);
