import { LinkifyIt } from "linkify-it";

export type Segment = { text: string; href: string | null };

// Endings that make a bare name a link. Two-letter ones are left out but for
// cn and io: readme.md and main.rs are files more often than hosts.
const tlds = ["com", "org", "net", "edu", "gov", "cn", "info", "app", "dev", "io", "top", "xyz"];

const schemas = new Set(["http:", "https:", "mailto:", ""]);

const finder = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: false, tlds });

// Han text and full-width marks touch addresses without a space. They are not
// part of them: addresses that hold them are written percent-encoded.
const han = /[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]/g;

/** A text cut into plain parts and links. Joined again, the parts are the text. */
export function segments(text: string): Segment[] {
  const out: Segment[] = [];
  let at = 0;
  // Each of those characters is one unit, so places in the text stay the same.
  for (const m of finder.match(text.replace(han, " ")) ?? []) {
    if (!schemas.has(m.schema)) continue;
    if (m.index > at) out.push({ text: text.slice(at, m.index), href: null });
    out.push({ text: text.slice(m.index, m.lastIndex), href: m.url });
    at = m.lastIndex;
  }
  if (at < text.length) out.push({ text: text.slice(at), href: null });
  return out;
}
