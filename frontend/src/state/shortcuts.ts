import type { Bridge } from "../bridge";
import type { Shortcut } from "../bridge/types";
import { useApp } from "./app";
import { actions, chordOf, shownKeys, usual } from "./chords";
import type { Action } from "./chords";
import { Store, useSelect } from "./store";

/** The keys of each action; "" for none. */
export type Keys = Readonly<Record<Action, string>>;

/** The keys that do something, as the user chose them for devices of this kind. */
export class ShortcutsStore extends Store<Keys> {
  #generation = 0;
  #chosen: readonly Shortcut[] = [];

  constructor(private readonly bridge: Bridge) {
    super(usual);
  }

  async load() {
    const generation = ++this.#generation;
    const chosen = await this.bridge.call("Settings", "Shortcuts");
    if (generation === this.#generation) this.#show(chosen);
  }

  /** What a key press is to do; undefined for nothing. */
  pressed(e: KeyboardEvent): Action | undefined {
    const chord = chordOf(e);
    return chord === null ? undefined : this.holder(chord);
  }

  /** The action that has these keys. */
  holder(chord: string): Action | undefined {
    const keys = this.getSnapshot();
    return actions.find((a) => keys[a] === chord);
  }

  /** Gives actions other keys, "" for none. Rejects, and shows the old ones again, if they cannot be kept. */
  async change(change: Partial<Keys>) {
    const before = this.#chosen;
    const keys = { ...this.getSnapshot(), ...change };
    // What this build does not know is another's: it stays.
    const others = before.filter((s) => !(s.action in usual));
    const mine = actions.filter((a) => keys[a] !== usual[a]);
    const chosen = [...others, ...mine.map((action) => ({ action, chord: keys[action] }))];
    this.#generation++;
    this.#show(chosen);
    try {
      await this.bridge.call("Settings", "SetShortcuts", { shortcuts: chosen });
    } catch (cause) {
      this.#show(before);
      throw cause;
    }
  }

  /** Gives every action its usual keys. */
  reset() {
    return this.change(usual);
  }

  /** Forgets what an account chose: another is open, or none. */
  clear() {
    this.#generation++;
    this.#show([]);
  }

  #show(chosen: readonly Shortcut[]) {
    this.#chosen = chosen;
    const keys: Record<Action, string> = { ...usual };
    for (const a of actions) {
      keys[a] = chosen.find((s) => s.action === a)?.chord ?? usual[a];
    }
    this.set(keys);
  }
}

/** The keys of an action as they are shown; undefined for none. */
export function useKeysOf(action: Action): string | undefined {
  const app = useApp();
  const chord = useSelect(app.shortcuts, (keys) => keys[action]);
  const mac = useSelect(app.settings, (s) => s.about?.platform === "macos");
  return chord === "" ? undefined : shownKeys(chord, mac);
}
