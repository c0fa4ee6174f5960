import type { Bridge } from "../bridge";
import { BridgeError } from "../bridge/error";
import type { About, Settings } from "../bridge/types";
import { Store } from "./store";

export type SettingsSnapshot = {
  /** Undefined until the first answer. */
  settings: Settings | undefined;
  about: About | undefined;
  /** Why they could not be read; null when they could. */
  error: BridgeError | null;
};

/** The choices of this machine, and those that follow the user of the open account. A change shows at once and is kept in order. */
export class SettingsStore extends Store<SettingsSnapshot> {
  #writing: Promise<unknown> = Promise.resolve();
  #pending = 0;

  constructor(private readonly bridge: Bridge) {
    super({ settings: undefined, about: undefined, error: null });
  }

  async load() {
    const known = this.getSnapshot().about;
    try {
      const [settings, about] = await Promise.all([
        this.bridge.call("Settings", "Get"),
        known ?? this.bridge.call("Settings", "About"),
      ]);
      // An answer from before a change that is still on its way would undo it.
      if (this.#pending === 0) this.set({ settings, about, error: null });
    } catch (cause) {
      this.set({ ...this.getSnapshot(), error: BridgeError.from(cause) });
    }
  }

  /** Changes some settings. Rejects, and shows the old ones again, if they cannot be kept. */
  async update(patch: Partial<Settings>) {
    const before = this.getSnapshot();
    if (!before.settings) return;
    const settings = { ...before.settings, ...patch };
    this.set({ ...before, settings });
    this.#pending++;
    const names = Object.keys(patch);
    const write = this.#writing.then(() =>
      this.bridge.call("Settings", "Change", { names, settings }),
    );
    this.#writing = write.catch(() => undefined);
    try {
      await write;
    } catch (cause) {
      if (this.#pending === 1) this.set({ ...this.getSnapshot(), settings: before.settings });
      throw cause;
    } finally {
      this.#pending--;
    }
  }
}
