import { expect, test } from "vitest";
import cases from "../../../backend/markup/testdata/markup.json";
import { parse, plain } from "./markup";
import type { Block, Piece } from "./markup";

/** A text's pieces in a short notation: marks as tags. */
function drawn(text: string): string {
  const piece = (p: Piece): string => {
    switch (p.kind) {
      case "text":
        return p.text;
      case "link":
        return `<a>${p.text}</a>`;
      case "code":
        return `<c>${p.text}</c>`;
      default:
        return `<${p.kind}>${p.pieces.map(piece).join("")}</${p.kind}>`;
    }
  };
  const links = (part: string) =>
    part
      .split(/(https:\S+)/)
      .filter((t) => t !== "")
      .map((t) => ({ text: t, href: t.startsWith("https:") ? t : null }));
  return parse(text, links)
    .map((b) =>
      b.kind === "code"
        ? `<pre ${b.lang}>${b.text}</pre>`
        : b.kind === "quote"
          ? `<q>${b.pieces.map(piece).join("")}</q>`
          : b.pieces.map(piece).join(""),
    )
    .join("\n");
}

// The engine reads texts by the same rules: its exports, notices and previews.
test.each(cases.map(([text, want, says]) => [text ?? "", want ?? "", says ?? null] as const))(
  "%j is drawn as %j",
  (text, want, says) => {
    expect(drawn(text)).toBe(want);
    if (says !== null) expect(plain(text)).toBe(says);
  },
);

/** The text that a parse came from, or for a quotation what it quotes. */
function source(blocks: readonly Block[]): string {
  const piece = (p: Piece): string =>
    "pieces" in p
      ? p.mark + p.pieces.map(piece).join("") + p.mark
      : p.kind === "code"
        ? p.mark + p.text + p.mark
        : p.text;
  return blocks
    .map((b) => {
      if (b.kind !== "code") return b.pieces.map(piece).join("");
      return [b.start, ...(b.text === "" ? [] : [b.text]), ...(b.end === "" ? [] : [b.end])].join(
        "\n",
      );
    })
    .join("\n");
}

/** A small generator of numbers, the same ones for a seed. */
function numbers(seed: number) {
  let x = seed;
  return (n: number) => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return x % n;
  };
}

test("nothing of a text is lost, whatever is written", () => {
  const bits = [
    "*",
    "**",
    "***",
    "_",
    "__",
    "~~",
    "`",
    "``",
    " ",
    "a",
    "中",
    "é",
    "😀",
    "\n",
    ".",
    "> ",
  ];
  const draw = numbers(7);
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from({ length: draw(24) }, () => bits[draw(bits.length)]).join("");
    // Marks of quotations and what stands after an empty block are not kept.
    if (/^>|\n>|^```|\n```/.test(text)) continue;
    expect(source(parse(text))).toBe(text);
  }
});

test("long texts of nothing but marks are read at once", () => {
  for (const mark of ["*", "_a ", "**a ", "`", "`a``b", "~~x ", "> ", "```\n", "*a_b~~"]) {
    const began = performance.now();
    parse(mark.repeat(Math.floor(10_000 / mark.length)));
    expect(performance.now() - began, mark).toBeLessThan(500);
  }
});
