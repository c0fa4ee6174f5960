import type { Bridge } from "../bridge";
import type { Job, StorageState } from "../bridge/types";
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

  /** Exports a conversation, or everything without one. The state's job tells how it goes. */
  startExport(language: string, conversationId = "") {
    const request = { conversation_id: conversationId, language };
    return this.#begin(this.bridge.call("Storage", "StartExport", request));
  }

  /** Writes everything into one file that only the passphrase opens. The state's job tells how it goes. */
  startBackup(passphrase: string) {
    return this.#begin(this.bridge.call("Storage", "StartBackup", { passphrase }));
  }

  async #begin(beginning: Promise<Job>) {
    const generation = this.#generation;
    const job = await beginning;
    // That it began is told even if it has ended by now.
    const state = this.getSnapshot();
    if (state && generation === this.#generation) this.set({ ...state, job });
    this.refresh();
  }

  async cancelJob(id: number) {
    await this.bridge.call("Storage", "CancelJob", { id });
  }

  clear() {
    this.#generation++;
    this.set(undefined);
  }
}
