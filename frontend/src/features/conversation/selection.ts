import type { Message } from "../../bridge/types";
import { Store } from "../../state/store";
import { kindOf } from "./kinds";

/** At most this many messages are forwarded at once, as protocol.MaxRecordItems says. */
export const maxForwarded = 100;

/** Whether a message can be selected: what stands as a line belongs to nobody. */
export const selectable = (m: Message): boolean => kindOf(m.kind).shape === "bubble";

/** The messages of a conversation that are selected, by id; null where none are being selected. */
export class Selection extends Store<ReadonlySet<string> | null> {
  #anchor: string | null = null; // A range begins at it.

  constructor() {
    super(null);
  }

  /** Begins to select, with one message. */
  begin(id: string) {
    this.#anchor = id;
    this.set(new Set([id]));
  }

  /** Takes a message in, or out again. */
  toggle(id: string) {
    const ids = new Set(this.getSnapshot());
    if (!ids.delete(id)) ids.add(id);
    this.#anchor = id;
    this.set(ids);
  }

  /** Takes all in from the message that was chosen last to this one. `order` holds what is selectable, as it is shown. */
  extend(id: string, order: readonly string[]) {
    const to = order.indexOf(id);
    const from = this.#anchor === null ? to : order.indexOf(this.#anchor);
    const range = order.slice(Math.min(from < 0 ? to : from, to), Math.max(from, to) + 1);
    this.set(new Set([...(this.getSnapshot() ?? []), ...range]));
  }

  /** Selects all of these. */
  all(order: readonly string[]) {
    this.set(new Set(order));
  }

  end() {
    this.#anchor = null;
    this.set(null);
  }
}
