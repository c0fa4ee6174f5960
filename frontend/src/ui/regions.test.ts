import { beforeEach, expect, test, vi } from "vitest";
import { focusRegion, nextRegion, regionsIn } from "./regions";

beforeEach(() => {
  document.body.innerHTML = `
    <nav data-region="rail"><button id="account"></button></nav>
    <section data-region="list"></section>
    <main data-region="main">
      <header data-region="header"></header>
      <button id="pinned"></button>
      <div data-region="messages" tabindex="-1"></div>
      <textarea data-region="composer"></textarea>
    </main>
    <aside data-region="find"></aside>`;
  // jsdom lays nothing out.
  vi.spyOn(Element.prototype, "getClientRects").mockReturnValue([{}] as never);
});

const name = (el: HTMLElement | undefined) => el?.dataset.region;
const walk = (from: Element | null, step: 1 | -1, times: number) => {
  const seen: (string | undefined)[] = [];
  for (let at = from; seen.length < times;) {
    const next = nextRegion(regionsIn(document), at, step);
    seen.push(name(next));
    at = next ?? null;
  }
  return seen;
};

const all = ["rail", "list", "header", "messages", "composer", "find"];

test("each pane is visited in turn, and a pane of panes is none", () => {
  expect(walk(document.body, 1, 7)).toEqual([...all, "rail"]);
});

test("the other way goes through the same panes in reverse", () => {
  expect(walk(document.body, -1, 7)).toEqual([...[...all].reverse(), "find"]);
});

test("what stands between two panes leads to either", () => {
  const pinned = document.getElementById("pinned");
  expect(name(nextRegion(regionsIn(document), pinned, 1))).toBe("messages");
  expect(name(nextRegion(regionsIn(document), pinned, -1))).toBe("header");
});

test("a pane that takes no focus leaves it to the next named", () => {
  focusRegion("nowhere", "header", "messages");
  expect(document.activeElement?.getAttribute("data-region")).toBe("messages");
});
