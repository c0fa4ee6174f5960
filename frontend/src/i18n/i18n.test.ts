import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { en } from "./en";
import { errorText } from "./errors";
import { Formats } from "./format";
import { makeI18n } from "./index";
import { langOf } from "./langOf";
import { matchLocale } from "./locale";
import { holes } from "./translate";
import type { Sentence } from "./translate";
import { zh } from "./zh";

const english: Record<string, Sentence> = en;
const chinese: Record<string, Sentence> = zh;

describe("both languages", () => {
  test("have the same keys", () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort());
  });

  test.each(Object.keys(english))("%s asks for the same parameters and says something", (key) => {
    const [e, z] = [english[key] ?? "", chinese[key] ?? ""];
    expect(holes(z)).toEqual(holes(e));
    for (const s of [e, z]) {
      const forms = typeof s === "string" ? [s] : Object.values(s);
      forms.forEach((form) => expect(form.trim()).not.toBe(""));
    }
  });

  test.each(Object.keys(chinese))("%s has no 您 and no exclamation mark in Chinese", (key) => {
    expect(JSON.stringify(chinese[key])).not.toMatch(/[您！!]/);
  });

  test.each(Object.keys(english))("%s has no please in English", (key) => {
    expect(JSON.stringify(english[key])).not.toMatch(/\bplease\b/i);
  });
});

test("a sentence is filled, and takes the form for its count", () => {
  const { t } = makeI18n("en");
  expect(t("error.rate_limited_for", { count: 1 })).toMatch(/1 second\./);
  expect(t("error.rate_limited_for", { count: 2 })).toMatch(/2 seconds\./);
  expect(makeI18n("zh-CN").t("error.rate_limited_for", { count: 1 })).toContain("1 秒");
});

test("a name in other letters stands apart from the Chinese around it", () => {
  const { t } = makeI18n("zh-CN");
  expect(t("chat.beginning", { name: "Alex" })).toBe("你和 Alex 的聊天从这里开始");
  expect(t("chat.beginning", { name: "沈知夏" })).toBe("你和沈知夏的聊天从这里开始");
  expect(t("search.none_title", { query: "Alex" })).toBe("没有找到“Alex”");
});

test("what a user typed is never taken for a hole", () => {
  expect(makeI18n("en").t("remove.label", { name: "{count} $&" })).toBe(
    "Remove {count} $& from this machine",
  );
});

test.each([
  ["zh-CN", "", "zh-CN"],
  ["", "zh_CN.UTF-8", "zh-CN"],
  ["", "zh-Hant-TW", "zh-CN"],
  ["en", "zh-CN", "en"],
  ["", "C", "en"],
  ["", "de-DE", "en"],
])("chosen %j on a system in %j speaks %s", (chosen, system, want) => {
  expect(matchLocale(chosen, system)).toBe(want);
});

/** The codes of a Go file: the quoted values of its Code constants. */
function goCodes(file: string): string[] {
  const text = readFileSync(path.resolve(import.meta.dirname, "../../..", file), "utf8");
  return [...text.matchAll(/^\s*Code\w+\s+(?:Code\s+|protocol\.Code\s+)?=\s*"(\w+)"/gm)].map(
    (m) => m[1] ?? "",
  );
}

describe("every code has a sentence that says what to do", () => {
  const codes = [
    ...goCodes("protocol/error.go"),
    ...goCodes("backend/bridge/error.go"),
    ...goCodes("backend/remote/error.go"),
    ...goCodes("backend/engine/problem.go"),
  ];
  test("the codes are found", () => expect(codes.length).toBeGreaterThan(20));
  test.each(["timeout", "gone", ...codes])("%s", (code) => {
    expect(english).toHaveProperty([`error.${code}`]);
  });
});

test("an error is told by its field, its wait, or plainly", () => {
  const { t } = makeI18n("en");
  expect(errorText(t, { code: "invalid", field: "username" })).toMatch(/5 to 20/);
  expect(errorText(t, { code: "invalid", field: "unheard_of" })).toMatch(/does not accept/);
  expect(errorText(t, { code: "rate_limited", retryAfterMs: 4_200 })).toMatch(/in 5 seconds/);
  expect(errorText(t, { code: "unheard_of" })).toMatch(/Something went wrong/);
});

test.each([
  ["“慢就是快”", "zh"],
  ["OK，那就这么定", "zh"],
  ["it’s “fine”…", ""],
  ["1️⃣ 👍", undefined],
  ["お元気ですか", undefined],
])("%s is set as %j", (text, lang) => {
  expect(langOf(text)).toBe(lang);
});

describe("dates", () => {
  const at = (y: number, m: number, d: number, h = 9, min = 5) =>
    new Date(y, m - 1, d, h, min).getTime();
  const now = at(2026, 11, 23, 15, 0); // A Monday.
  const en24 = new Formats("en", () => now);
  const zh24 = new Formats("zh-CN", () => now);

  test.each([
    ["today", at(2026, 11, 23, 0, 5), "00:05", "00:05"],
    ["in a minute, by a server's clock", now + 60_000, "15:01", "15:01"],
    ["yesterday", at(2026, 11, 22, 23, 59), "Yesterday", "昨天"],
    ["this week", at(2026, 11, 20), "Fri", "周五"],
    ["this year", at(2026, 10, 3), "3 Oct", "10月3日"],
    ["last year", at(2025, 10, 3), "03/10/2025", "2025/10/03"],
  ])("in the list, %s", (_, ms, wantEn, wantZh) => {
    expect(en24.listTime(ms)).toBe(wantEn);
    expect(zh24.listTime(ms)).toBe(wantZh);
  });

  test.each([
    ["today", at(2026, 11, 23), "Today", "今天"],
    ["yesterday", at(2026, 11, 22), "Yesterday", "昨天"],
    ["this year", at(2026, 10, 3), "Sat 3 Oct", "10月3日 周六"],
  ])("above messages, %s", (_, ms, wantEn, wantZh) => {
    expect(en24.day(ms)).toBe(wantEn);
    expect(zh24.day(ms)).toBe(wantZh);
  });

  test("above messages of another year, the whole date", () => {
    expect(en24.day(at(2025, 10, 3))).toMatch(/3 October 2025/);
    expect(zh24.day(at(2025, 10, 3))).toMatch(/2025年10月3日星期五/);
  });

  test("a whole date has no weekday", () => {
    expect(en24.fullDate(at(2025, 10, 3))).toBe("3 October 2025");
    expect(zh24.fullDate(at(2025, 10, 3))).toBe("2025年10月3日");
  });

  test("ago, in words", () => {
    expect(en24.ago(now - 5_000)).toBe("this minute");
    expect(en24.ago(now - 5 * 60_000)).toBe("5 minutes ago");
    expect(en24.ago(at(2026, 11, 21))).toBe("2 days ago");
    expect(zh24.ago(now - 3 * 3_600_000)).toBe("3小时前");
  });
});
