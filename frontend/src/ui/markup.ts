// What little markup a text may have: **strong**, _emphasis_ or *emphasis*,
// ~~struck out~~, `code`, ``` blocks of code and > quotations. Everything else is
// as it was written, white space too. Joined again, the parts are the text.

/** A piece of a line. */
export type Piece =
  | { kind: "text"; text: string }
  | { kind: "link"; text: string; href: string }
  | { kind: "code"; text: string; mark: string }
  | { kind: "strong" | "em" | "strike"; mark: string; pieces: Piece[] };

/** A part of a text that stands for itself. */
export type Block =
  | { kind: "lines"; pieces: Piece[] }
  /** Without the marks before its lines. */
  | { kind: "quote"; pieces: Piece[] }
  /** Of a block that the text's end closes, `end` is empty. */
  | { kind: "code"; lang: string; text: string; start: string; end: string };

/** Cuts a text into plain parts and links. */
export type FindLinks = (text: string) => readonly { text: string; href: string | null }[];

const noLinks: FindLinks = (text) => [{ text, href: null }];

const fence = /^```([\w+#.-]*)[ \t]*$/;
const quote = /^> ?/;

/** Reads a text. It takes time in proportion to its length. */
export function parse(text: string, links: FindLinks = noLinks): Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length;) {
    const start = fence.exec(lines[i] ?? "");
    const from = i;
    if (start) {
      do i++;
      while (i < lines.length && lines[i]?.trimEnd() !== "```");
      blocks.push({
        kind: "code",
        lang: start[1] ?? "",
        text: lines.slice(from + 1, i).join("\n"),
        start: lines[from] ?? "",
        end: lines[i] ?? "",
      });
      i++;
      continue;
    }
    const quoted = quote.test(lines[i] ?? "");
    do i++;
    while (
      i < lines.length &&
      quote.test(lines[i] ?? "") === quoted &&
      !fence.test(lines[i] ?? "")
    );
    const part = lines.slice(from, i);
    const words = (quoted ? part.map((line) => line.replace(quote, "")) : part).join("\n");
    blocks.push({ kind: quoted ? "quote" : "lines", pieces: inline(words, links) });
  }
  return blocks;
}

/** What a text says, without its marks. */
export function plain(text: string): string {
  if (!/[*_~`>]/.test(text)) return text;
  return parse(text)
    .map((b) => (b.kind === "code" ? b.text : b.pieces.map(words).join("")))
    .join("\n");
}

const words = (p: Piece): string => ("pieces" in p ? p.pieces.map(words).join("") : p.text);

const ticks = /`+|\n/g;

/** Where pieces of code begin and end: a run of ticks, and the next one as long in its line. */
function codes(text: string): { from: number; to: number; mark: string }[] {
  if (!text.includes("`")) return [];
  const runs = [...text.matchAll(ticks)];
  const partner = new Map<number, number>(); // By place in runs.
  let seen = new Map<number, number>(); // The next run of a length.
  for (let i = runs.length - 1; i >= 0; i--) {
    const mark = runs[i]?.[0] ?? "";
    if (mark === "\n") {
      seen = new Map();
      continue;
    }
    const next = seen.get(mark.length);
    if (next !== undefined) partner.set(i, next);
    seen.set(mark.length, i);
  }
  const out = [];
  for (let i = 0; i < runs.length; i++) {
    const end = partner.get(i);
    const [start, last] = [runs[i], end === undefined ? undefined : runs[end]];
    if (!start || !last || end === undefined) continue;
    out.push({ from: start.index, to: last.index + last[0].length, mark: start[0] });
    i = end;
  }
  return out;
}

function inline(text: string, links: FindLinks): Piece[] {
  const atoms: Piece[] = [];
  const rest = (part: string) => {
    for (const s of part === "" ? [] : links(part)) {
      atoms.push(
        s.href === null
          ? { kind: "text", text: s.text }
          : { kind: "link", text: s.text, href: s.href },
      );
    }
  };
  let at = 0;
  for (const { from, to, mark } of codes(text)) {
    rest(text.slice(at, from));
    atoms.push({ kind: "code", text: text.slice(from + mark.length, to - mark.length), mark });
    at = to;
  }
  rest(text.slice(at));
  return emphasised(atoms);
}

/** How deep marks may stand in each other. */
const deepest = 8;

type Open = { mark: string; at: number };

const run = /\*+|_+|~+|\n/g;
const kinds: Readonly<Record<string, "strong" | "em" | "strike" | undefined>> = {
  "**": "strong",
  "*": "em",
  _: "em",
  "~~": "strike",
};

/** Letters and digits of scripts that put spaces between words. */
const joins = /[\p{L}\p{N}_]/u;
const han = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;
const inWord = (c: string) => joins.test(c) && !han.test(c);

/** What may stand outside a mark of one character: so many of them mean nothing. */
const apart = /[\s*_~.,;:!?()[\]{}"'“”‘’（），。；：！？、…—-]/;
const outside = (single: boolean, c: string) =>
  single ? apart.test(c) || han.test(c) : !inWord(c);

/** Finds the marks in plain pieces; none reaches beyond its line. */
function emphasised(atoms: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  let open: Open[] = []; // Their marks stand in `out` as text of their own.
  atoms.forEach((atom, i) => {
    if (atom.kind !== "text") {
      out.push(atom);
      return;
    }
    const { text } = atom;
    // What stands beside the piece counts as a letter: code and links are words.
    const before = i > 0 ? "x" : " ";
    const after = i < atoms.length - 1 ? "x" : " ";
    let at = 0;
    const literal = (to: number) => {
      if (to > at) out.push({ kind: "text", text: text.slice(at, to) });
      at = to;
    };
    for (const m of text.matchAll(run)) {
      const mark = m[0];
      if (mark === "\n") {
        open = [];
        continue;
      }
      const kind = kinds[mark];
      if (!kind) continue;
      const end = m.index + mark.length;
      const left = m.index > 0 ? charBefore(text, m.index) : before;
      const right = end < text.length ? String.fromCodePoint(text.codePointAt(end) ?? 0) : after;
      const single = kind === "em";
      const closes = !/\s/.test(left) && outside(single, right);
      const opens = !/\s/.test(right) && outside(single, left);
      const partner = closes ? open.map((o) => o.mark).lastIndexOf(mark) : -1;
      if (partner >= 0 && open[partner]) {
        const from = open[partner].at;
        literal(m.index);
        if (out.slice(from + 1).some(speaks)) {
          const pieces = out.splice(from).slice(1);
          out.push({ kind, mark, pieces });
          open.length = partner;
          at = end;
          continue;
        }
      }
      if (opens && open.length < deepest) {
        literal(m.index);
        open.push({ mark, at: out.length });
        literal(end);
      }
    }
    literal(text.length);
  });
  return joined(out);
}

/** Whether there is a letter or digit in a piece: *_* is a face. */
const speaks = (p: Piece) => p.kind === "link" || /[\p{L}\p{N}]/u.test(words(p));

function charBefore(text: string, at: number): string {
  const low = text.charCodeAt(at - 1);
  const pair = low >= 0xdc00 && low <= 0xdfff && at > 1;
  return text.slice(pair ? at - 2 : at - 1, at);
}

/** Neighbouring texts become one: marks that nothing closed are text. */
function joined(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  for (const p of pieces) {
    const last = out.at(-1);
    if (p.kind === "text" && last?.kind === "text")
      out[out.length - 1] = { kind: "text", text: last.text + p.text };
    else out.push("pieces" in p ? { ...p, pieces: joined(p.pieces) } : p);
  }
  return out;
}
