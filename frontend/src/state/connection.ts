import type { Connection } from "../bridge/types";
import { Store } from "./store";

/** Whether the program behind the page answers. Under Wails it always does. */
export class HostStore extends Store<"there" | "gone"> {
  constructor() {
    super("there");
  }

  apply(there: boolean) {
    this.set(there ? "there" : "gone");
  }
}

/** The state of the open account's connection to its server. */
export class ConnectionStore extends Store<Connection> {
  constructor() {
    super({ state: "connecting", next_try_ms: 0, error_code: "" });
  }

  apply(connection: Connection) {
    this.set(connection);
  }

  /** Whether calls that need the network make sense now. */
  get online() {
    return this.getSnapshot().state === "online" || this.getSnapshot().state === "syncing";
  }
}
