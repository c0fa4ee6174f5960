import { LinkifyIt } from "linkify-it";

export type Segment = { text: string; href: string | null };

// Links with their scheme are found by the same rules as in the exports of the
// engine (backend/markup), whose table of cases the tests of both read. Names
// without a scheme, and addresses of mail, are found in what is left.

const scheme = /\bhttps?:\/\//giu;

/**
 * A name or an IPv4 address and perhaps a port, or an IPv6 address. Letters of other
 * scripts end with the last label that can be one of theirs, for Chinese sentences go
 * on without a space.
 */
const host =
  /(?:localhost|\[[0-9a-f:.]+\]|(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+(?:xn--[a-z0-9-]+|[a-z]{2,63}|[0-9]{1,3}|中国|中國|公司|网络|網絡|网址|在线|中文网|商城|集团|香港|台灣|台湾|рф|한국))(?::\d{1,5})?/iuy;

const han = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;
const wordy = /[\p{L}\p{N}_-]/u;
/** White space, full-width marks, and what no address has. */
const ends = /[\s\p{Cc}\u2e80-\u30ff\uff00-\uffef“”‘’…—<>"`|\\^{}]/u;

/**
 * How much of what follows a host belongs to the link: its path, query and fragment.
 * Han letters belong to it where a part of it begins with them, but for the first of a
 * path, which in Chinese is where the sentence goes on: so /wiki/西湖 and ?q=西湖 are
 * whole and /这个 is not.
 */
function tail(rest: string): number {
  if (!/^[/?#]/.test(rest)) return 0;
  let end = 0;
  let depth = 0; // Brackets that are open.
  let inHan = false;
  let hadHan = false;
  let parts = 0; // Slashes behind which something stood.
  let at = 0;
  for (const c of rest) {
    const before = rest[at - 1] ?? "";
    at += c.length;
    if (han.test(c)) {
      const begins =
        "=#_-&".includes(before) || (before === "/" && parts > 0) || (before === "(" && hadHan);
      if (!inHan && !begins) break;
      inHan = hadHan = true;
      end = at;
      continue;
    }
    if (ends.test(c)) break;
    inHan &&= wordy.test(c);
    if (c === "/") {
      if (at > 1) parts++;
      end = at;
    } else if (c === "(" || c === "[") {
      depth++;
    } else if (c === ")" || c === "]") {
      if (depth-- === 0) break;
      end = at;
    } else if (!".,;:!?'*~".includes(c)) {
      end = at; // Those at the end are the sentence's.
    }
  }
  return end;
}

// Endings that make a bare name a link. Two-letter ones are left out but for
// cn and io: readme.md and main.rs are files more often than hosts.
const tlds = ["com", "org", "net", "edu", "gov", "cn", "info", "app", "dev", "io", "top", "xyz"];

const finder = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: false, tlds });

// Those touch bare names without a space, and are not part of them.
const beside = /[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]/g;

/** The bare names and addresses of mail in a text without links. */
function bare(text: string): Segment[] {
  const out: Segment[] = [];
  let at = 0;
  // Each of those characters is one unit, so places in the text stay the same.
  for (const m of finder.match(text.replace(beside, " ")) ?? []) {
    if (m.schema !== "" && m.schema !== "mailto:") continue;
    if (m.index > at) out.push({ text: text.slice(at, m.index), href: null });
    out.push({ text: text.slice(m.index, m.lastIndex), href: m.url });
    at = m.lastIndex;
  }
  if (at < text.length) out.push({ text: text.slice(at), href: null });
  return out;
}

/** A text cut into plain parts and links. Joined again, the parts are the text. */
export function segments(text: string): Segment[] {
  const out: Segment[] = [];
  let at = 0;
  for (const m of text.matchAll(scheme)) {
    if (m.index < at) continue;
    const behind = m.index + m[0].length;
    host.lastIndex = behind;
    const name = host.exec(text)?.[0];
    if (name === undefined) continue;
    const end = behind + name.length + tail(text.slice(behind + name.length));
    out.push(...bare(text.slice(at, m.index)));
    const link = text.slice(m.index, end);
    out.push({ text: link, href: link });
    at = end;
  }
  return [...out, ...bare(text.slice(at))];
}
