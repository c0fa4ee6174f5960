/**
 * Coalesce collects ids and hands them to `run` together: at once when it is
 * idle, else when the running call ends. So a burst of events costs two calls.
 */
export class Coalesce {
  #waiting = new Set<string>();
  #running = false;

  constructor(private readonly run: (ids: string[]) => Promise<void>) {}

  add(ids: readonly string[]) {
    ids.forEach((id) => this.#waiting.add(id));
    if (!this.#running) void this.#drain();
  }

  async #drain() {
    this.#running = true;
    // A turn of the event loop lets the rest of one batch join.
    await Promise.resolve();
    while (this.#waiting.size > 0) {
      const ids = [...this.#waiting];
      this.#waiting.clear();
      try {
        await this.run(ids);
      } catch {
        // The next event or reset asks again; a call that is refused or late
        // must not stop the ones that follow.
      }
    }
    this.#running = false;
  }
}
