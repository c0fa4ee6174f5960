import { useSyncExternalStore } from "react";

/**
 * Store holds one immutable snapshot and tells listeners when it is replaced.
 * The state classes extend it; components read it through useStore.
 */
export class Store<T> {
  #snapshot: T;
  #listeners: { tell: () => void }[] = []; // Rows come and go: smallMap.ts says why it is no Set.

  constructor(initial: T) {
    this.#snapshot = initial;
  }

  subscribe = (listener: () => void) => {
    const entry = { tell: listener };
    this.#listeners.push(entry);
    return () => {
      const at = this.#listeners.indexOf(entry);
      if (at >= 0) this.#listeners.splice(at, 1);
    };
  };
  getSnapshot = () => this.#snapshot;
  /** Whether somebody shows it. */
  watched = () => this.#listeners.length > 0;

  protected set(next: T) {
    if (Object.is(next, this.#snapshot)) return;
    this.#snapshot = next;
    for (const listener of [...this.#listeners]) {
      if (this.#listeners.includes(listener)) listener.tell();
    }
  }
}

type Readable<T> = {
  subscribe: (listener: () => void) => () => void;
  getSnapshot: () => T;
};

/** The snapshot of a store; the component renders again when it is replaced. */
export const useStore = <T>(store: Readable<T>): T =>
  useSyncExternalStore(store.subscribe, store.getSnapshot);

/**
 * A part of a store's snapshot. The component renders again only when that
 * part is another value, so `pick` returns something that is already in the
 * snapshot, or a primitive.
 */
export const useSelect = <T, P>(store: Readable<T>, pick: (snapshot: T) => P): P =>
  useSyncExternalStore(store.subscribe, () => pick(store.getSnapshot()));
