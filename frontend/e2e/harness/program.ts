import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import path from "node:path";

/** How long a program may take to say that it is ready, in milliseconds. */
const readyWithin = 30_000;

const withoutSettings = (env: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("MYCHAT_")));

/** A program that a test started, and will end. */
export class Program {
  #child: ChildProcess;
  #log: string[] = [];
  #ended: Promise<void>;

  private constructor(
    readonly name: string,
    args: string[],
    env: Record<string, string>,
  ) {
    const bin = process.env.MYCHAT_TEST_BIN;
    if (!bin) throw new Error("MYCHAT_TEST_BIN is not set: the global setup did not run");
    this.#child = spawn(path.join(bin, name), args, {
      stdio: ["ignore", "pipe", "pipe"],
      // Settings of whoever runs the tests are not the tests' own.
      env: { ...withoutSettings(process.env), ...env },
    });
    this.#ended = new Promise((resolve) => this.#child.once("exit", () => resolve()));
  }

  /** Starts a program and waits for the line that `ready` takes something from. */
  static async start(
    name: string,
    args: string[],
    ready: (line: string) => string | undefined,
    env: Record<string, string> = {},
  ): Promise<{ program: Program; found: string }> {
    const program = new Program(name, args, env);
    const found = await program.#wait(ready);
    return { program, found };
  }

  /** What it wrote so far. */
  get log() {
    return this.#log.join("");
  }

  get running() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends it as the system would, and waits for that. */
  async stop(signal: NodeJS.Signals = "SIGTERM") {
    if (!this.running) return;
    this.#child.kill(signal);
    const hard = setTimeout(() => this.#child.kill("SIGKILL"), 15_000);
    await this.#ended;
    clearTimeout(hard);
  }

  #wait(ready: (line: string) => string | undefined): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${this.name} ${why}:\n${this.log}`));
      const late = setTimeout(() => {
        this.#child.kill("SIGKILL");
        fail("is not ready in time");
      }, readyWithin);
      this.#child.once("error", (e) => fail(e.message));
      this.#child.once("exit", (code) => fail(`ended with ${code}`));
      for (const stream of [this.#child.stdout, this.#child.stderr]) {
        let rest = "";
        stream?.setEncoding("utf8").on("data", (text: string) => {
          this.#log.push(text);
          rest += text;
          const lines = rest.split("\n");
          rest = lines.pop() ?? "";
          const found = lines.map(ready).find((f) => f !== undefined);
          if (found === undefined) return;
          clearTimeout(late);
          resolve(found);
        });
      }
    });
  }
}
