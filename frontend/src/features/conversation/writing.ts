import type { Message } from "../../bridge/types";
import { Store } from "../../state/store";
import type { ComposerHandle } from "./Composer";

/** What is being written: an answer to a message, or other words for it, with the draft put aside. */
export type About =
  { kind: "answer"; message: Message } | { kind: "edit"; message: Message; draft: string };

/** What the composer of the open conversation is about; null for nothing but itself. */
export class Writing extends Store<About | null> {
  #composer: ComposerHandle | null = null;

  constructor() {
    super(null);
  }

  /** Takes the composer; null where nobody may write. */
  attach = (composer: ComposerHandle | null) => {
    this.#composer = composer;
  };

  focus() {
    this.#composer?.focus();
  }

  /** Puts a text before what is written. */
  putBack(text: string) {
    this.#composer?.putBack(text);
  }

  answer(message: Message) {
    this.close();
    this.set({ kind: "answer", message });
    this.focus();
  }

  edit(message: Message) {
    this.close();
    this.set({ kind: "edit", message, draft: this.#composer?.swap(message.text) ?? "" });
    this.focus();
  }

  /** Ends it, and puts the draft back that editing put aside. */
  close() {
    const about = this.getSnapshot();
    if (about?.kind === "edit") this.#composer?.swap(about.draft);
    this.set(null);
    this.focus();
  }
}
