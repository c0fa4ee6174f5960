import type { Bridge } from "../bridge";
import type { Me } from "../bridge/types";
import { Store } from "./store";

/** The user's own account. Undefined until known. */
export class ProfileStore extends Store<Me | undefined> {
  #generation = 0;

  constructor(private readonly bridge: Bridge) {
    super(undefined);
  }

  async load() {
    const generation = ++this.#generation;
    const me = await this.bridge.call("Settings", "Me");
    if (generation === this.#generation) this.set(me);
  }

  /** Changes the account on the server. */
  async update(change: { nickname?: string; findable_by_nickname?: boolean }) {
    this.set(await this.bridge.call("Settings", "UpdateMe", change));
  }

  clear() {
    this.#generation++;
    this.set(undefined);
  }
}
