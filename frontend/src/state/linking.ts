import type { Bridge } from "../bridge";
import { BridgeError } from "../bridge/error";
import type { Link, Profile } from "../bridge/types";
import { Store } from "./store";

export type LinkingSnapshot = {
  /** "off" until it is started; "failed" says why in `error`. */
  step: "off" | "asking" | "waiting" | "claimed" | "granted" | "refused" | "failed";
  /** What is shown; null before the first answer. */
  link: Link | null;
  /** When it is renewed, by this machine's clock. */
  until: number;
  /** Whose device named the code. */
  by: Profile | null;
  error: BridgeError | null;
};

const off: LinkingSnapshot = { step: "off", link: null, until: 0, by: null, error: null };

/** What may go away by itself while the answer is waited for. */
const passing = new Set(["unreachable", "offline", "timeout", "unavailable", "internal"]);

/** The pause after such a failure, in milliseconds. */
const pauseMs = 1_000;

/** Asks another device to sign this one in, and renews the code while that is wanted. */
export class LinkingStore extends Store<LinkingSnapshot> {
  #generation = 0;

  /** `opened` is called once the account is open. */
  constructor(
    private readonly bridge: Bridge,
    private readonly opened: () => Promise<void>,
  ) {
    super(off);
  }

  /** Asks the server, and goes on until an answer, a failure or stop. */
  start(server: string) {
    const generation = ++this.#generation;
    this.set({ ...off, step: "asking" });
    const current = () => generation === this.#generation;
    this.#run(server, current).catch((cause: unknown) => {
      if (current()) this.#put({ step: "failed", error: BridgeError.from(cause) });
    });
  }

  /** This device is to be signed in in another way. */
  stop() {
    this.#generation++;
    if (this.getSnapshot().step === "off") return;
    this.set(off);
    this.bridge.call("Auth", "DropLink").catch(() => undefined); // The code ends by itself too.
  }

  #put(part: Partial<LinkingSnapshot>) {
    this.set({ ...this.getSnapshot(), ...part });
  }

  async #run(server: string, current: () => boolean) {
    while (current()) {
      const link = await this.bridge.call("Auth", "AskLink", { server });
      if (!current()) return;
      this.set({ ...off, step: "waiting", link, until: Date.now() + link.lives_ms });
      if (await this.#follow(link.id, current)) return;
    }
  }

  /** Follows one code to its end. False says that it is over and a new one is needed. */
  async #follow(id: string, current: () => boolean): Promise<boolean> {
    let known = "";
    while (current()) {
      try {
        const state = await this.bridge.call("Auth", "AwaitLink", { id, known });
        if (!current()) return true;
        known = state.state;
        const until = Date.now() + state.lives_ms;
        if (known === "granted") {
          this.#put({ step: "granted", by: state.by ?? null });
          await this.opened();
          return true;
        }
        if (known === "refused") {
          this.#put({ step: "refused", by: state.by ?? null });
          return true;
        }
        if (known === "claimed") this.#put({ step: "claimed", by: state.by ?? null, until });
        else this.#put({ until });
      } catch (cause) {
        const error = BridgeError.from(cause);
        const over = error.code === "expired" || Date.now() >= this.getSnapshot().until;
        if (over && (error.code === "expired" || passing.has(error.code))) return false;
        if (!passing.has(error.code)) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
    return true;
  }
}
