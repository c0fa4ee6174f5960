import type { Bridge } from "../bridge";
import type { Presence } from "../bridge/types";
import { Store } from "./store";

/** Who is online, by user id. Nobody is known to be while this device is offline. */
export class PresenceStore extends Store<ReadonlyMap<string, Presence>> {
  #generation = 0;

  constructor(private readonly bridge: Bridge) {
    super(new Map());
  }

  async load() {
    const generation = ++this.#generation;
    const list = await this.bridge.call("Friends", "Presence");
    if (generation === this.#generation) this.set(new Map(list.map((p) => [p.user_id, p])));
  }

  apply(presence: Presence) {
    this.set(new Map(this.getSnapshot()).set(presence.user_id, presence));
  }

  clear() {
    this.#generation++;
    this.set(new Map());
  }
}
