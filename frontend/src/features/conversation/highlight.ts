// Colours of code. A script of its own: most conversations show none.
import { common, createLowlight } from "lowlight";

const lowlight = createLowlight(common);

/** What a piece of code is; "" for nothing of its own. */
export type Tone = "" | "keyword" | "string" | "comment" | "name";

export type Toned = { text: string; tone: Tone };

const tones: Readonly<Record<string, Tone | undefined>> = {
  "hljs-keyword": "keyword",
  "hljs-built_in": "keyword",
  "hljs-literal": "keyword",
  "hljs-type": "keyword",
  "hljs-tag": "keyword",
  "hljs-selector-tag": "keyword",
  "hljs-meta": "comment",
  "hljs-comment": "comment",
  "hljs-quote": "comment",
  "hljs-deletion": "comment",
  "hljs-string": "string",
  "hljs-number": "string",
  "hljs-regexp": "string",
  "hljs-symbol": "string",
  "hljs-addition": "string",
  "hljs-title": "name",
  "hljs-name": "name",
  "hljs-attr": "name",
  "hljs-attribute": "name",
  "hljs-section": "name",
  "hljs-property": "name",
  "hljs-variable": "name",
};

type Node = ReturnType<typeof lowlight.highlight>["children"][number];

/** The code in toned pieces; null for a language that is not known here. */
export function highlight(code: string, lang: string): Toned[] | null {
  if (!lowlight.registered(lang)) return null;
  const out: Toned[] = [];
  const walk = (nodes: readonly Node[], outer: Tone) => {
    for (const node of nodes) {
      if (node.type === "text") out.push({ text: node.value, tone: outer });
      if (node.type !== "element") continue;
      const { className } = node.properties;
      const tone = Array.isArray(className)
        ? className.map((name) => tones[name]).find((found) => found !== undefined)
        : undefined;
      walk(node.children, tone ?? outer);
    }
  };
  walk(lowlight.highlight(lang, code).children, "");
  return out;
}
