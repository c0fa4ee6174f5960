import { isComposing } from "../../ui/composing";

type Key = Pick<KeyboardEvent, "key" | "keyCode" | "isComposing" | "timeStamp">;

/** After compositionend WebKit on macOS still sends the Enter that ended it. */
const quietMs = 50;

/**
 * Ime tells which key presses belong to the input method. While something is
 * being composed, Enter chooses a candidate and must not send.
 */
export class Ime {
  #composing = false;
  #endedAt = Number.NEGATIVE_INFINITY;

  /** `late` says that the engine sends keys after compositionend that still belong to it. */
  constructor(private readonly late: boolean) {}

  get composing() {
    return this.#composing;
  }

  start() {
    this.#composing = true;
  }

  end(timeStamp: number) {
    this.#composing = false;
    this.#endedAt = timeStamp;
  }

  /** Whether a key press is the input method's. */
  owns(e: Key): boolean {
    if (this.#composing || isComposing(e)) return true;
    return this.late && e.timeStamp - this.#endedAt < quietMs;
  }
}

/** Whether an engine sends keys after compositionend: WebKit does, Chromium and Gecko do not. */
export const endsLate = (userAgent: string): boolean =>
  userAgent.includes("AppleWebKit") && !userAgent.includes("Chrome");
