import { expect, test } from "vitest";
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

test.each([
  ["plain words stay", "plain words stay"],
  ["a **bold** word", "a <strong>bold</strong> word"],
  ["an _old_ and a *new* word", "an <em>old</em> and a <em>new</em> word"],
  ["~~gone~~", "<strike>gone</strike>"],
  ["**bold and _both_**", "<strong>bold and <em>both</em></strong>"],
  ["这是**重点**内容", "这是<strong>重点</strong>内容"],
  ["他说*“不行”*就走了", "他说<em>“不行”</em>就走了"],
  ["run `go test ./...` now", "run <c>go test ./...</c> now"],
  ["``a ` b``", "<c>a ` b</c>"],
  ["`**not bold**`", "<c>**not bold**</c>"],
  ["**bold `code` bold**", "<strong>bold <c>code</c> bold</strong>"],
  ["see https://a.example/_x_y_ *now*", "see <a>https://a.example/_x_y_</a> <em>now</em>"],
  ["> first\n> second\nanswer", "<q>first\nsecond</q>\nanswer"],
  ["before\n```go\nx := 1\n\ty()\n```\nafter", "before\n<pre go>x := 1\n\ty()</pre>\nafter"],
  ["```\nnot closed\n", "<pre >not closed\n</pre>"],
  ["> ```\n> x", "<q>```\nx</q>"],
])("%j is drawn as %j", (text, want) => expect(drawn(text)).toBe(want));

// What people write without meaning any mark.
test.each([
  "2*3*4 = 24 and 2**3**4",
  "snake_case_name and __init__",
  "a * b * c",
  "** ** and ~~ ~~",
  "*** wow ***",
  "~ 5 km ~",
  "5 > 3",
  "C:\\*.* and C:\\_x",
  "*one\nline*",
  "¯\\_(ツ)_/¯",
  "^_^ and *_*",
  "`",
  "``",
  "a ` b",
  "**",
  "  two  spaces\n\n\nand lines  ",
])("%j stays as it is", (text) => {
  expect(drawn(text)).toBe(text);
  expect(plain(text)).toBe(text);
});

test("what a text says has no marks", () => {
  expect(plain("**Hi**, see `x`\n> you\n```js\n1\n```")).toBe("Hi, see x\nyou\n1");
});

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
