import { useEffect } from "react";
import type { RefObject } from "react";

/** The name of the marks in style sheets: ::highlight(found). */
const name = "found";

/**
 * Marks words in an element wherever they stand in its text. The text itself
 * stays as it is; an engine without custom highlights marks nothing.
 */
export function useMarks(element: RefObject<Element | null>, words: readonly string[] | null) {
  // What the engine paints over the text is outside React.
  useEffect(() => {
    const root = element.current;
    if (!root || !words || words.length === 0 || !("highlights" in CSS)) return;
    const marks = new Highlight();
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const text = node.textContent ?? "";
      for (const word of words) {
        for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
          const range = new Range();
          range.setStart(node, at);
          range.setEnd(node, at + word.length);
          marks.add(range);
        }
      }
    }
    CSS.highlights.set(name, marks);
    return () => {
      if (CSS.highlights.get(name) === marks) CSS.highlights.delete(name);
    };
  }, [element, words]);
}
