import { isBlank } from "./limits";

/** A hint is renewed no more often than this, in milliseconds. */
const everyMs = 3_000;
/** Without a key for this long the hint ends, in milliseconds. */
const idleMs = 5_000;

/** TypingHint tells the other side that the user writes, sparingly. */
export class TypingHint {
  #on = false;
  #toldAt = Number.NEGATIVE_INFINITY;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly tell: (on: boolean) => void,
    private readonly now: () => number = () => Date.now(),
  ) {}

  /** The field changed to this text. */
  input(text: string) {
    if (isBlank(text)) {
      this.stop();
      return;
    }
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.stop(), idleMs);
    if (this.#on && this.now() - this.#toldAt < everyMs) return;
    this.#on = true;
    this.#toldAt = this.now();
    this.tell(true);
  }

  /** The message went out: its arrival ends the hint on the other side. */
  sent() {
    clearTimeout(this.#idle);
    this.#on = false;
    this.#toldAt = Number.NEGATIVE_INFINITY;
  }

  /** The user stopped or left. */
  stop() {
    clearTimeout(this.#idle);
    if (!this.#on) return;
    this.#on = false;
    this.#toldAt = Number.NEGATIVE_INFINITY;
    this.tell(false);
  }
}
