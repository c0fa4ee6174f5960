import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { RefObject } from "react";
import {
  below,
  correction,
  extentOf,
  newest,
  pinPx,
  reachPx,
  slide,
  spanAround,
  trim,
} from "./span";
import type { Anchor, Extent, Mark, Span } from "./span";

type Options = {
  /** The ids of all loaded rows, in order. */
  ids: readonly string[];
  /** The list's end is the conversation's end. */
  atEnd: boolean;
  /** The row to open at; null opens at the end. */
  landOn: string | null;
  /** Called when fewer rows than needed are loaded at an end. */
  onReach: (end: "start" | "end") => void;
  /** Called after the visible part changed, with the visible rows. */
  onShow: (visible: readonly Mark[], view: number) => void;
};

export type AnchoredSpan = {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  extent: Extent;
  /** The list stays at its end. */
  pinned: boolean;
  onScroll: () => void;
  /** Goes to the end and stays there. */
  toEnd: () => void;
  /** Holds one row where it is while it changes its height. */
  hold: (id: string) => void;
  /** Reports the visible rows again: the window got the focus. */
  report: () => void;
};

/** Where the unread line stands after opening: this far below the upper edge, in pixels. */
const landPx = 72;

/**
 * Mounts a part of a long list and holds the scroll position while rows come,
 * go and change. Rows carry their id in data-row. See span.ts for how.
 */
export function useAnchoredSpan({ ids, atEnd, landOn, onReach, onShow }: Options): AnchoredSpan {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const anchor = useRef<Anchor>({ to: "end", below: 0 });
  const landed = useRef(false);
  const held = useRef(false);
  const lastId = useRef<string | undefined>(undefined);
  const [span, setSpan] = useState<Span>(() => {
    const at = landOn === null ? -1 : ids.indexOf(landOn);
    return at < 0 ? newest : spanAround(ids, at);
  });
  const [pinned, setPinned] = useState(true);
  const extent = extentOf(span, ids);

  const rows = () => content.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [];

  const topOf = useCallback((id: string): number | null => {
    for (const row of rows()) {
      if (row.dataset.row === id) return offset(row, scroller.current);
    }
    return null;
  }, []);

  const visible = useCallback((): Mark[] => {
    const box = scroller.current;
    if (!box) return [];
    const marks: Mark[] = [];
    for (const row of rows()) {
      const top = offset(row, box);
      if (top >= box.clientHeight) break;
      const id = row.dataset.row;
      if (id !== undefined && top + row.offsetHeight > 0) marks.push({ id, top });
    }
    return marks;
  }, []);

  /** Remembers where things stand, after the user scrolled. */
  const mark = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    const left = below({ top: box.scrollTop, height: box.scrollHeight, view: box.clientHeight });
    const end = atEnd && extent.end === ids.length && left < pinPx;
    anchor.current = end
      ? { to: "end", below: Math.max(0, left) }
      : { to: "rows", marks: visible() };
    setPinned(end);
  }, [atEnd, extent.end, ids.length, visible]);

  /** Puts things back where they stood. */
  const restore = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    const at = { top: box.scrollTop, height: box.scrollHeight, view: box.clientHeight };
    const by = correction(anchor.current, at, topOf);
    if (by !== 0) box.scrollTop += by;
  }, [topOf]);

  /** Mounts or asks for rows where few are left. */
  const reach = useCallback(() => {
    const box = scroller.current;
    if (!box || ids.length === 0) return;
    const towards = (end: "start" | "end") => {
      const next = slide(span, ids, end);
      if (next) setSpan(next);
      else onReach(end);
    };
    const left = below({ top: box.scrollTop, height: box.scrollHeight, view: box.clientHeight });
    if (anchor.current.to === "end") {
      const cut = trim(span, ids);
      if (cut !== span) return setSpan(cut);
    }
    if (box.scrollTop < reachPx) towards("start");
    if (left < reachPx && !(atEnd && extent.end === ids.length)) towards("end");
  }, [atEnd, extent.end, ids, onReach, span]);

  const report = useCallback(() => {
    const box = scroller.current;
    if (box) onShow(visible(), box.clientHeight);
  }, [onShow, visible]);

  useLayoutEffect(() => {
    if (!landed.current && ids.length > 0) {
      landed.current = true;
      const top = landOn === null ? null : topOf(landOn);
      if (landOn !== null && top !== null) {
        anchor.current = { to: "rows", marks: [{ id: landOn, top: landPx }] };
      }
      restore();
      mark(); // Where it really came to stand: near the end it cannot scroll that far.
    } else if (lastId.current !== ids.at(-1) && anchor.current.to === "end") {
      anchor.current = { to: "end", below: 0 }; // What came last shows whole.
    }
    lastId.current = ids.at(-1);
    restore();
    // How many rows are needed is known only once these have their heights.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    reach();
    report();
  });

  // Heights change outside React too: fonts arrive, the window is resized.
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      restore();
      const box = scroller.current;
      // What shrank may have brought the end into view, with nothing left to scroll.
      const atFoot =
        box && below({ top: box.scrollTop, height: box.scrollHeight, view: box.clientHeight }) < 1;
      if (held.current || atFoot) {
        held.current = false;
        mark();
      }
      reach();
    });
    if (scroller.current) observer.observe(scroller.current);
    if (content.current) observer.observe(content.current);
    return () => observer.disconnect();
  }, [mark, restore, reach]);

  const onScroll = useCallback(() => {
    mark();
    reach();
    report();
  }, [mark, reach, report]);

  const toEnd = useCallback(() => {
    anchor.current = { to: "end", below: 0 };
    setPinned(true);
    setSpan(newest);
    restore();
  }, [restore]);

  const hold = useCallback(
    (id: string) => {
      const top = topOf(id);
      if (top === null) return;
      anchor.current = { to: "rows", marks: [{ id, top }] };
      held.current = true;
    },
    [topOf],
  );

  return { scroller, content, extent, pinned, onScroll, toEnd, hold, report };
}

/** A row's distance from the top of the viewport, in pixels. */
function offset(row: HTMLElement, box: HTMLElement | null): number {
  if (!box) return 0;
  return row.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientTop;
}
