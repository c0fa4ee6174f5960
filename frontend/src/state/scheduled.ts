import type { Bridge } from "../bridge";
import type { Scheduled } from "../bridge/types";
import { Signal } from "./signal";
import { Store } from "./store";

/** A text that is to be sent later. */
export type Later = { text: string; refSeq: number; silent: boolean; atMs: number };

/** Messages that the server is to send later, by time. Undefined until known. */
export class ScheduledStore extends Store<readonly Scheduled[] | undefined> {
  #generation = 0;
  /** Those that just failed while the page was there. */
  readonly failures = new Signal<Scheduled>();

  constructor(private readonly bridge: Bridge) {
    super(undefined);
  }

  async load() {
    const generation = ++this.#generation;
    const list = await this.bridge.call("Chat", "Scheduled");
    if (generation !== this.#generation) return;
    const before = this.getSnapshot();
    this.set(list);
    if (!before) return;
    const had = new Set(before.filter((m) => m.error_code !== "").map((m) => m.id));
    list.forEach((m) => {
      if (m.error_code !== "" && !had.has(m.id)) this.failures.tell(m);
    });
  }

  schedule(conversationId: string, { text, refSeq, silent, atMs }: Later) {
    return this.bridge.call("Chat", "Schedule", {
      conversation_id: conversationId,
      text,
      ref_seq: refSeq,
      silent,
      at_ms: atMs,
    });
  }

  /** Gives one another time, 0 for now, and a text other words; "" leaves them. */
  reschedule(id: string, atMs: number, text = "") {
    return this.bridge.call("Chat", "Reschedule", { id, at_ms: atMs, text });
  }

  unschedule(id: string) {
    return this.bridge.call("Chat", "Unschedule", { id });
  }

  clear() {
    this.#generation++;
    this.set(undefined);
  }
}
