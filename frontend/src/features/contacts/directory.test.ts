import { expect, test } from "vitest";
import type { Contact } from "../../bridge/types";
import { directory } from "./directory";

const contact = (nickname: string, over: Partial<Contact> = {}): Contact => ({
  profile: { id: nickname, username: `${nickname}_user`, nickname },
  remark: "",
  friend: true,
  conversation_id: "",
  since_ms: 0,
  ...over,
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
