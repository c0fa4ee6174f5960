/**
 * Whether an event comes from a dialog, which has the keys to itself while it is
 * open. A toast calls itself a dialog too, but stands beside the page and not over it.
 */
export const inDialog = (e: Event): boolean =>
  e.target instanceof Element &&
  e.target.closest('[role="dialog"], [role="alertdialog"]') !== null &&
  e.target.closest('[data-region="toasts"]') === null;
