import type { Bridge } from "../bridge";
import type { Offered } from "../bridge/types";
import { Store } from "./store";

/** What the open account's server does that not every server does. Undefined until known. */
export class OfferedStore extends Store<Offered | undefined> {
  #generation = 0;

  constructor(private readonly bridge: Bridge) {
    super(undefined);
  }

  async load() {
    const generation = ++this.#generation;
    const offered = await this.bridge.call("Settings", "Offered");
    if (generation === this.#generation) this.set(offered);
  }

  clear() {
    this.#generation++;
    this.set(undefined);
  }
}
