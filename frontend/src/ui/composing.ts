/** What tells an input method's key presses from the user's own. */
type Key = Pick<KeyboardEvent, "key" | "keyCode" | "isComposing">;

/** Whether a key press goes to an input method, which is composing a text. */
export const isComposing = (e: Key): boolean =>
  // 229 is the only sign of it in some engines, deprecated or not.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  e.isComposing || e.keyCode === 229 || e.key === "Process";
