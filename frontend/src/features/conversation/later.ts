/**
 * Later keeps the newest value and hands it on after a pause without changes,
 * or at once when told to.
 */
export class Later<T> {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #held: { value: T } | null = null;

  /** `pauseMs` is how long a value rests before `give` gets it. */
  constructor(
    private readonly give: (value: T) => void,
    private readonly pauseMs: number,
  ) {}

  set(value: T) {
    this.#held = { value };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), this.pauseMs);
  }

  /** Hands the kept value on now, if there is one. */
  flush() {
    clearTimeout(this.#timer);
    const held = this.#held;
    this.#held = null;
    if (held) this.give(held.value);
  }

  /** Forgets the kept value. */
  drop() {
    clearTimeout(this.#timer);
    this.#held = null;
  }
}
