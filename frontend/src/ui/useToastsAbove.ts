import { useLayoutEffect } from "react";
import type { RefObject } from "react";

/** Keeps toasts above an element at the window's lower edge, while it is there. */
export function useToastsAbove(element: RefObject<HTMLElement | null>) {
  // Toasts stand outside of the element's tree: a custom property tells them its height.
  useLayoutEffect(() => {
    const el = element.current;
    if (!el) return;
    const root = document.documentElement;
    const observer = new ResizeObserver(() =>
      root.style.setProperty("--toast-floor", `${el.offsetHeight}px`),
    );
    observer.observe(el);
    return () => {
      observer.disconnect();
      root.style.removeProperty("--toast-floor");
    };
  }, [element]);
}
