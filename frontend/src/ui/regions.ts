/** The attribute of the panes that F6 goes through, in the order of the document. */
const region = "[data-region]";

/** The panes in sight that hold no others. */
export function regionsIn(root: ParentNode): HTMLElement[] {
  const shown = [...root.querySelectorAll<HTMLElement>(region)].filter(
    (r) => r.getClientRects().length > 0,
  );
  return shown.filter((r) => !shown.some((other) => other !== r && r.contains(other)));
}

/**
 * The region before or after the one that has the focus, around the ends. A place
 * between two of them leads to either. Undefined only where there are none.
 */
export function nextRegion(
  regions: readonly HTMLElement[],
  from: Element | null,
  step: 1 | -1,
): HTMLElement | undefined {
  const at = regions.findIndex((r) => r.contains(from));
  if (at >= 0) return regions[(at + step + regions.length) % regions.length];
  const follows = (r: HTMLElement) =>
    from === null || Boolean(from.compareDocumentPosition(r) & Node.DOCUMENT_POSITION_FOLLOWING);
  return step > 0
    ? (regions.find(follows) ?? regions[0])
    : (regions.filter((r) => !follows(r)).at(-1) ?? regions.at(-1));
}

/** Focuses the first of the named regions that takes the focus. */
export function focusRegion(...names: readonly string[]) {
  for (const name of names) {
    const found = document.querySelector<HTMLElement>(`[data-region="${name}"]`);
    found?.focus();
    if (found?.contains(document.activeElement)) return;
  }
}
