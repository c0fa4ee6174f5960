// The part of the loaded messages that is mounted, and how the scroll position
// is held while it changes. Engines differ in scroll anchoring and WebKitGTK has
// none, so the list turns the engine's off and keeps the position itself: it
// remembers where the visible messages stand and, after every change of layout
// and before the paint, scrolls by what the first of them moved.

/** Rows mounted at first and when one end moves. */
export const stepRows = 40;
/** Most rows mounted at once. */
export const maxRows = 160;
/** Rows are mounted, and pages asked for, when fewer pixels than this remain. */
export const reachPx = 1_200;
/** Nearer to the end than this, the list stays at the end. */
export const pinPx = 80;

/** Which rows are mounted, by id. A null end is the open one: it moves with the list. */
export type Span = { first: string | null; last: string | null };

/** Rows mounted, as indexes: from start up to but not including end. */
export type Extent = { start: number; end: number };

/** The newest rows. */
export const newest: Span = { first: null, last: null };

/** Where a span lies among the present ids. Ids that are gone leave that end open. */
export function extentOf(span: Span, ids: readonly string[]): Extent {
  const last = span.last === null ? -1 : ids.lastIndexOf(span.last);
  const end = last < 0 ? ids.length : last + 1;
  const first = span.first === null ? -1 : ids.indexOf(span.first);
  const start = first < 0 || first >= end ? Math.max(0, end - stepRows) : first;
  return { start, end };
}

/** A span around one row. */
export function spanAround(ids: readonly string[], index: number): Span {
  return spanOf(ids, {
    start: Math.max(0, index - stepRows / 2),
    end: Math.min(ids.length, index + stepRows),
  });
}

/** The span one step further towards an end, dropping rows from the other. Null if it is there already. */
export function slide(span: Span, ids: readonly string[], towards: "start" | "end"): Span | null {
  const { start, end } = extentOf(span, ids);
  if (towards === "start") {
    if (start === 0) return null;
    const from = Math.max(0, start - stepRows);
    return spanOf(ids, { start: from, end: Math.min(end, from + maxRows) });
  }
  if (end === ids.length) return null;
  const to = Math.min(ids.length, end + stepRows);
  return spanOf(ids, { start: Math.max(start, to - maxRows), end: to });
}

/** Drops rows at the start of a span that grew at its open end. */
export function trim(span: Span, ids: readonly string[]): Span {
  const { start, end } = extentOf(span, ids);
  if (end - start <= maxRows) return span;
  return spanOf(ids, { start: end - stepRows * 2, end });
}

function spanOf(ids: readonly string[], { start, end }: Extent): Span {
  return { first: ids[start] ?? null, last: end >= ids.length ? null : (ids[end - 1] ?? null) };
}

/** Where a row stood: its id and its distance from the top of the viewport, in pixels. */
export type Mark = { id: string; top: number };

/** What holds the position: the end of the list, or the rows that were visible, first one first. */
export type Anchor = { to: "end"; below: number } | { to: "rows"; marks: readonly Mark[] };

export type Scroll = { top: number; height: number; view: number };

/** The pixels between the viewport and the end of the list. */
export const below = (s: Scroll): number => s.height - s.view - s.top;

/**
 * How far to scroll so that what the anchor holds stands where it stood. `topOf`
 * answers where a row stands now, or null if it is not mounted.
 */
export function correction(
  anchor: Anchor,
  scroll: Scroll,
  topOf: (id: string) => number | null,
): number {
  if (anchor.to === "end") return below(scroll) - anchor.below;
  for (const mark of anchor.marks) {
    const now = topOf(mark.id);
    if (now !== null) return now - mark.top;
  }
  return 0;
}

/** The greatest seq among rows that begin above the viewport's lower edge by a margin; 0 for none. */
export function seenSeq(
  rows: readonly { seq: number; top: number }[],
  view: number,
  margin = 24,
): number {
  return rows.reduce((max, r) => (r.top <= view - margin ? Math.max(max, r.seq) : max), 0);
}
