import { useSyncExternalStore } from "react";

/**
 * Store holds one immutable snapshot and tells listeners when it is replaced.
 * The state classes extend it; components read it through useStore.
 */
export class Store<T> {
  #snapshot: T;
  #listeners = new Set<() => void>();

  constructor(initial: T) {
    this.#snapshot = initial;
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
  getSnapshot = () => this.#snapshot;
  /** Whether somebody shows it. */
  watched = () => this.#listeners.size > 0;

  protected set(next: T) {
    if (Object.is(next, this.#snapshot)) return;
    this.#snapshot = next;
    this.#listeners.forEach((listener) => listener());
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
