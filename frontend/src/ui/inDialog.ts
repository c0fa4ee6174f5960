/**
 * Whether an event comes from a dialog, which has the keys to itself while it is
 * open. A toast is a dialog too, so that one is on the page says nothing.
 */
export const inDialog = (e: Event): boolean =>
  e.target instanceof Element && e.target.closest('[role="dialog"], [role="alertdialog"]') !== null;
