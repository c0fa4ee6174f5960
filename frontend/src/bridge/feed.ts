import type { Backlog, BridgeEvent, Connection } from "./types";

/** What a listener hears: events in order, or that everything must be asked again. */
export type Delivery =
  | { kind: "events"; events: readonly BridgeEvent[] }
  | { kind: "reset"; connection: Connection }
  /** Whether the program behind the page answers. */
  | { kind: "host"; there: boolean };

/** How long to wait after a catch-up that failed, in milliseconds. */
const retryMs = 1_000;

/**
 * Feed brings events into order. A batch that does not follow the last one is
 * held while the missing part is asked for; if that is too old to be told, the
 * listener hears a reset.
 */
export class Feed {
  #last = 0;
  #started = false;
  #catching = false;
  #again = false;
  #stopped = false;
  #held: BridgeEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly since: (seq: number) => Promise<Backlog>,
    private readonly deliver: (d: Delivery) => void,
  ) {}

  /** The seq of the last event delivered. */
  get last() {
    return this.#last;
  }

  /** Takes a batch as it arrived. */
  push(batch: readonly BridgeEvent[]) {
    if (this.#stopped) return;
    if (this.#catching || !this.#started) {
      this.#held.push(...batch);
      return;
    }
    this.#held.push(...this.#advance(batch));
    if (this.#held.length > 0) void this.#run();
  }

  /** Asks for what was missed: at the start and after a reconnect. */
  catchUp() {
    if (this.#catching) this.#again = true;
    else void this.#run();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Delivers what follows the last event, and returns what comes after a gap. */
  #advance(batch: readonly BridgeEvent[]): BridgeEvent[] {
    const ready: BridgeEvent[] = [];
    const early: BridgeEvent[] = [];
    for (const e of [...batch].sort((a, b) => a.seq - b.seq)) {
      if (e.seq <= this.#last) continue; // Heard already.
      if (e.seq === this.#last + 1) {
        this.#last = e.seq;
        ready.push(e);
      } else {
        early.push(e);
      }
    }
    if (ready.length > 0) this.deliver({ kind: "events", events: ready });
    return early;
  }

  #reset(seq: number, connection: Connection) {
    this.#last = seq;
    this.deliver({ kind: "reset", connection });
  }

  async #run() {
    this.#catching = true;
    clearTimeout(this.#timer);
    let backlog: Backlog;
    try {
      backlog = await this.since(this.#last);
    } catch {
      this.#catching = false;
      if (!this.#stopped) this.#timer = setTimeout(() => this.catchUp(), retryMs);
      return;
    }
    this.#catching = false;
    if (this.#stopped) return;
    const anew = !this.#started || backlog.reset || backlog.seq < this.#last;
    this.#started = true;
    const held = this.#held;
    this.#held = [];
    if (anew) this.#reset(backlog.seq, backlog.connection);
    else this.#advance(backlog.events);
    // What even now does not follow never will: the screen may be wrong.
    const lost = this.#advance(held).at(-1);
    if (lost) this.#reset(lost.seq, backlog.connection);
    if (this.#again) {
      this.#again = false;
      this.catchUp();
    }
  }
}
