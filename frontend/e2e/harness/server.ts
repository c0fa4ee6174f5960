import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Program } from "./program";

/** Links in messages lead a test's server nowhere. */
const nowhere = { MYCHAT_PREVIEWS_ALLOW: "nowhere.invalid" };

/** A real server with a database of its own, on a port of its own. */
export class Server {
  #args: string[];
  #env: Record<string, string>;
  #folder: string;
  #program: Program | null = null;
  readonly #name: string;
  /** Its address; stays the same after a restart. */
  url = "";

  private constructor(name: string, args: string[], env: Record<string, string>) {
    this.#name = name;
    this.#folder = mkdtempSync(path.join(tmpdir(), "mychat-e2e-server-"));
    this.#args = ["--data", this.#folder, ...args];
    this.#env = { ...nowhere, ...env };
  }

  static async start(
    options: { name?: string; args?: string[]; env?: Record<string, string> } = {},
  ) {
    const { name = "mychat-server", args = [], env = {} } = options;
    const server = new Server(name, args, env);
    await server.restart();
    return server;
  }

  /** Starts it on the same port and data as before, with other settings where `env` has some. */
  async restart(env: Record<string, string> = {}) {
    this.#env = { ...this.#env, ...env };
    const listen = this.url ? new URL(this.url).host : "127.0.0.1:0";
    const { program, found } = await Program.start(
      this.#name,
      ["--listen", listen, ...this.#args],
      (line) => /\burl=(https?:\/\/\S+)/.exec(line)?.[1],
      this.#env,
    );
    this.#program = program;
    this.url = found;
  }

  /** Ends it; its data stays until remove. */
  async stop(signal?: NodeJS.Signals) {
    await this.#program?.stop(signal);
  }

  /** Runs one of its commands for administrators against the same data. */
  get folder() {
    return this.#folder;
  }

  get log() {
    return this.#program?.log ?? "";
  }

  async remove() {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
