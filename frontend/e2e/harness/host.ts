import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Program } from "./program";

/** A browser host: one machine of one person, with a data folder of its own. */
export class Host {
  #folder = mkdtempSync(path.join(tmpdir(), "mychat-e2e-host-"));
  #program: Program | null = null;
  #url = "";
  readonly #server: string;

  private constructor(server: string) {
    this.#server = server;
  }

  /** Starts a machine that offers `server` for a new account. */
  static async start(server: string) {
    const host = new Host(server);
    await host.restart();
    return host;
  }

  /** Where this machine keeps its data. */
  get folder() {
    return this.#folder;
  }

  /** The page's address in this run. */
  get url() {
    return this.#url;
  }

  /** Starts the program again with the same data: what a restart of the app is. */
  async restart() {
    await this.stop();
    const { program, found } = await Program.start(
      "mychat-browser",
      ["--data", this.#folder, "--server", this.#server],
      (line) => /^(http:\/\/\S+)$/.exec(line.trim())?.[1],
      // No keyring of the machine that runs the test is touched, and the language is fixed.
      { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent", LANG: "en_GB.UTF-8", LC_ALL: "" },
    );
    this.#program = program;
    this.#url = found;
  }

  async stop(signal?: NodeJS.Signals) {
    await this.#program?.stop(signal);
  }

  get log() {
    return this.#program?.log ?? "";
  }

  async remove() {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
