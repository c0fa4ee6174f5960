import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);

// jsdom has no layout and no media; what components ask of them gets a fixed answer.
const noop = () => undefined;
Object.defineProperties(window, {
  PointerEvent: { value: class extends MouseEvent {} },
  matchMedia: {
    value: (media: string) => ({
      matches: false,
      media,
      addEventListener: noop,
      removeEventListener: noop,
    }),
  },
  ResizeObserver: {
    value: class {
      observe = noop;
      unobserve = noop;
      disconnect = noop;
    },
  },
});
Object.defineProperties(Element.prototype, {
  scrollIntoView: { value: noop },
  getAnimations: { value: () => [] },
});
// axe looks for a canvas to measure text with, and does without one.
Object.defineProperty(HTMLCanvasElement.prototype, "getContext", { value: () => null });
