import type { Bridge } from "../bridge";
import type { StorageState } from "../bridge/types";
import { Coalesce } from "./coalesce";
import { Store } from "./store";

/** What the open account keeps on this machine. Undefined until known. */
export class StorageStore extends Store<StorageState | undefined> {
  #generation = 0;
  #pulls = new Coalesce(async () => {
    const generation = this.#generation;
    const state = await this.bridge.call("Storage", "State");
    if (generation === this.#generation) this.set(state);
  });

  constructor(private readonly bridge: Bridge) {
    super(undefined);
  }

  /** Asks for it again, once however often it is called meanwhile. */
  refresh() {
    this.#pulls.add(["state"]);
  }

  async pauseHistory(paused: boolean) {
    await this.bridge.call("Storage", "PauseHistory", { paused });
  }

  async forgetHealed() {
    await this.bridge.call("Storage", "ForgetHealed");
  }

  async compact() {
    await this.bridge.call("Storage", "Compact");
    this.refresh();
  }

  clear() {
    this.#generation++;
    this.set(undefined);
  }
}
