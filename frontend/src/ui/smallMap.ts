/**
 * SmallMap is a Map for a few entries that come and go for as long as a list is shown. It
 * looks for a key from end to end, and lets go of what is deleted at once.
 *
 * JavaScriptCore's own Map and Set do not. When entries come and go, they change to a new
 * storage now and then, and the storage from before names the one after it. Once such a
 * storage is old, only a full collection looks whether somebody needs it. Until then, which
 * is minutes on a machine with much memory, every entry that ever was stays, with its row.
 */
export class SmallMap<K, V> {
  #entries: [K, V][] = [];

  get(key: K): V | undefined {
    return this.#entries.find(([k]) => k === key)?.[1];
  }

  set(key: K, value: V): this {
    const entry = this.#entries.find(([k]) => k === key);
    if (entry) entry[1] = value;
    else this.#entries.push([key, value]);
    return this;
  }

  delete(key: K): boolean {
    const at = this.#entries.findIndex(([k]) => k === key);
    if (at >= 0) this.#entries.splice(at, 1);
    return at >= 0;
  }

  /** Visits what is there when it is called. */
  forEach(visit: (value: V, key: K) => void) {
    for (const [key, value] of [...this.#entries]) visit(value, key);
  }
}
