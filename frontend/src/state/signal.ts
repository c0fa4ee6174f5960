/** Something that is told once, to whoever listens. Nobody keeps it. */
export class Signal<T> {
  #listeners = new Set<(value: T) => void>();

  /** Hears every value until the returned function is called. */
  listen(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(value: T) {
    this.#listeners.forEach((listener) => listener(value));
  }
}
