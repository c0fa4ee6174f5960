import type { Bridge } from "../bridge";
import { BridgeError } from "../bridge/error";
import type { Device, LinkClaim } from "../bridge/types";
import { Store } from "./store";

export type DevicesSnapshot = {
  /** Most recently active first. Undefined until the first answer. */
  list: readonly Device[] | undefined;
  /** Why the list could not be read; null when it could. */
  error: BridgeError | null;
};

const empty: DevicesSnapshot = { list: undefined, error: null };

/** Where the account is signed in. Only the server knows, so only while connected. */
export class DevicesStore extends Store<DevicesSnapshot> {
  #generation = 0;

  constructor(private readonly bridge: Bridge) {
    super(empty);
  }

  async load() {
    const generation = ++this.#generation;
    try {
      const list = await this.bridge.call("Settings", "Devices");
      if (generation === this.#generation) this.set({ list, error: null });
    } catch (cause) {
      if (generation !== this.#generation) return;
      this.set({ ...this.getSnapshot(), error: BridgeError.from(cause) });
    }
  }

  async rename(id: string, name: string) {
    await this.bridge.call("Settings", "RenameDevice", { device_id: id, name });
    await this.load();
  }

  /** Signs a device out; with wipe, it deletes what it has stored. */
  async end(id: string, wipe: boolean) {
    await this.bridge.call("Settings", "EndDevice", { device_id: id, wipe });
    await this.load();
  }

  async endOthers(wipe: boolean) {
    await this.bridge.call("Settings", "EndOtherDevices", { wipe });
    await this.load();
  }

  /** Who shows this code, or this text of a QR code, and asks to be signed in. */
  claimLink(shown: string): Promise<LinkClaim> {
    return this.bridge.call("Settings", "ClaimLink", { shown });
  }

  /** Lets that device in, or not. */
  async answerLink(id: string, confirm: boolean) {
    await this.bridge.call("Settings", "AnswerLink", { id, confirm });
  }

  clear() {
    this.#generation++;
    this.set(empty);
  }
}
