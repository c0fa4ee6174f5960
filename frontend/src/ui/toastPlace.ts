/** Below this a pane is too narrow for a sentence and a button, in pixels. */
const least = 220;

/** Where toasts stand in the window; an edge that is not given is free. */
export type ToastPlace = { left: number; right: number; top?: number; bottom?: number };

type Box = Pick<DOMRect, "left" | "right" | "top" | "bottom" | "width">;
export type Panes = Partial<Record<"list" | "main" | "messages" | "tabs", Box>>;

/**
 * Where toasts cover neither the newest message nor what is written below it: at
 * the foot of the list, which they fit; where there is no list, over the oldest
 * messages in sight; else at the foot of what there is.
 */
export function toastPlace(panes: Panes, window: { width: number; height: number }): ToastPlace {
  const { list, main, messages, tabs } = panes;
  const within = (box: Box) => ({ left: box.left, right: window.width - box.right });
  const foot = tabs ? window.height - tabs.top : 0;
  if (list && list.width >= least) return { ...within(list), bottom: foot };
  if (messages) return { ...within(messages), top: messages.top };
  if (main) return { ...within(main), bottom: foot };
  return { left: 0, right: 0, bottom: foot };
}

/** The panes in sight, by the names of their regions. */
export function panesIn(root: ParentNode): Panes {
  const box = (name: string) => {
    const found = root.querySelector(`[data-region="${name}"]`);
    return found && found.getClientRects().length > 0 ? found.getBoundingClientRect() : undefined;
  };
  const panes: Panes = {};
  for (const name of ["list", "main", "messages", "tabs"] as const) {
    const found = box(name);
    if (found) panes[name] = found;
  }
  return panes;
}
