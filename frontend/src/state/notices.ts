import type { Notice } from "../bridge/types";

type Listener = (notice: Notice) => void;

/** Notices on their way from the engine to whoever shows them. Nobody keeps them. */
export class Notices {
  #listeners = new Set<Listener>();

  /** Hears every notice until the returned function is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(notice: Notice) {
    this.#listeners.forEach((listener) => listener(notice));
  }
}
