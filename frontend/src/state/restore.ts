import type { Bridge } from "../bridge";
import type { BackupContents, RestoreState } from "../bridge/types";
import { Coalesce } from "./coalesce";
import { Store } from "./store";

/** The backup that is chosen on this machine, and what becomes of it. Undefined until asked for. */
export class RestoreStore extends Store<RestoreState | undefined> {
  #pulls = new Coalesce(async () => this.set(await this.bridge.call("Restore", "State")));

  constructor(private readonly bridge: Bridge) {
    super(undefined);
  }

  /** Asks for it again, once however often it is called meanwhile. */
  refresh() {
    this.#pulls.add(["state"]);
  }

  /** Lets the host ask for a file; the state tells what came of it. */
  async choose() {
    await this.bridge.call("Restore", "Choose");
    this.refresh();
  }

  /** Takes a file that the page was given. */
  async send(file: File) {
    await this.bridge.host.sendBackup(file);
    this.refresh();
  }

  /** What the chosen backup holds. */
  look(passphrase: string): Promise<BackupContents> {
    return this.bridge.call("Restore", "Look", { passphrase });
  }

  async start(passphrase: string) {
    await this.bridge.call("Restore", "Start", { passphrase });
    this.refresh();
  }

  /** Cancels what runs and forgets the chosen file. */
  async drop() {
    await this.bridge.call("Restore", "Drop");
    this.refresh();
  }
}
