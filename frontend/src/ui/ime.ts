import { isComposing } from "./composing";

type Key = Pick<KeyboardEvent, "key" | "keyCode" | "isComposing">;

/** A key this soon after compositionend still belongs to it, in milliseconds. */
const quietMs = 50;
/** The same while the key that ended it is held. Not for ever: some methods keep the release. */
const heldMs = 300;

/**
 * Whose key press it is: the user's; the input method's, which is composing; or
 * one that the method had already and that the engine tells of once more after
 * compositionend.
 */
export type Owner = "user" | "method" | "told again";

/**
 * Ime tells which key presses belong to the input method. While something is
 * being composed, Enter chooses a candidate and must not send.
 *
 * WebKit tells of the Enter that ends a composition after compositionend. On
 * macOS it has keyCode 229; on GTK there are two, one of 229 before
 * compositionend and a plain one after it, both before the key is released.
 * With fcitx their timeStamp is that of an older press, so times here are those
 * at which the page learnt of something, in milliseconds of one clock.
 */
export class Ime {
  #composing = false;
  #endedAt = Number.NEGATIVE_INFINITY;
  #held = false; // The method took a key that is not released yet.

  /** `late` says that the engine tells of keys after compositionend that still belong to it. */
  constructor(private readonly late: boolean) {}

  get composing() {
    return this.#composing;
  }

  start() {
    this.#composing = true;
  }

  end(now: number) {
    this.#composing = false;
    this.#endedAt = now;
  }

  /** Takes every key press and says whose it is. */
  press(e: Key, now: number): Owner {
    if (isComposing(e)) {
      this.#held = true;
      return "method";
    }
    if (this.#composing) return "method";
    const since = now - this.#endedAt;
    return this.late && since < (this.#held ? heldMs : quietMs) ? "told again" : "user";
  }

  /** Takes every release of a key, and the loss of the focus, after which none comes. */
  release() {
    this.#held = false;
  }
}

/** Whether an engine tells of keys after compositionend: WebKit does, Chromium and Gecko do not. */
export const endsLate = (userAgent: string): boolean =>
  userAgent.includes("AppleWebKit") && !userAgent.includes("Chrome");
