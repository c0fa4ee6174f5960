import type { Message } from "../../bridge/types";
import { Store } from "../../state/store";
import type { ComposerHandle } from "./Composer";

/** An answer to the message with a seq; the message is null while it is not known here. */
type Answer = { kind: "answer"; seq: number; message: Message | null };

/** What is being written: an answer, or other words for a message, with the draft put aside. */
export type About =
  Answer | { kind: "edit"; message: Message; draft: string; answered: Answer | null };

/** What is kept of a message that is not sent. */
export type Draft = { text: string; refSeq: number };

/** What a message is to say and has not been told yet; seq 0 means that none is edited. */
export type KeptEdit = { seq: number; text: string };

/** What the composer of the open conversation is about; null for nothing but itself. */
export class Writing extends Store<About | null> {
  #composer: ComposerHandle | null = null;
  #own = new Set<string>(); // Drafts that were kept from here.

  /**
   * `save` keeps a draft, here and on the user's other devices; `saveEdit` an edit,
   * here alone.
   */
  constructor(
    private readonly save: (draft: Draft) => void,
    private readonly saveEdit: (edit: KeptEdit) => void,
  ) {
    super(null);
  }

  /** Takes the composer; null where nobody may write. */
  attach = (composer: ComposerHandle | null) => {
    this.#composer = composer;
  };

  focus() {
    this.#composer?.focus();
  }

  /** Keeps what is written: as an edit of its message, or as a draft with what it answers. */
  keep(text: string) {
    const about = this.getSnapshot();
    if (about?.kind === "edit") {
      this.saveEdit({ seq: about.message.seq, text });
      return;
    }
    const draft = { text, refSeq: this.refSeq() };
    this.#own.add(key(draft));
    this.save(draft);
  }

  /** Puts a text before what is written. */
  putBack(text: string) {
    this.#composer?.putBack(text);
  }

  answer(message: Message) {
    if (this.getSnapshot()?.kind === "edit") this.close();
    this.set({ kind: "answer", seq: message.seq, message });
    this.#composer?.flush();
    this.keep(this.#composer?.text() ?? "");
    this.focus();
  }

  edit(message: Message) {
    this.editOn(message, message.text);
    this.focus();
  }

  /** Goes on with an edit that came to `text`. */
  editOn(message: Message, text: string) {
    if (this.getSnapshot()?.kind === "edit") this.close();
    this.#composer?.flush();
    const answered = this.#answered();
    this.set({ kind: "edit", message, draft: this.#composer?.swap(text) ?? "", answered });
  }

  /** Ends it: of an edit the draft and what that answered come back. */
  close() {
    const about = this.getSnapshot();
    if (about?.kind === "edit") {
      this.#composer?.swap(about.draft);
      this.set(about.answered);
      this.saveEdit({ seq: 0, text: "" });
    } else if (about) {
      this.set(null);
      this.keep(this.#composer?.text() ?? "");
    }
    this.focus();
  }

  /** What was written is on its way. */
  sent() {
    const about = this.getSnapshot();
    if (about?.kind === "edit") this.close();
    else this.set(null);
  }

  /** Goes on with a draft from before or from another device, unless the user writes here. */
  follow(draft: Draft) {
    const nothing = draft.text === "" && draft.refSeq === 0;
    // What was kept from here may still come back after it was sent.
    if (!nothing && this.#own.has(key(draft))) return;
    if (!this.#composer?.follow(draft.text)) return;
    if (draft.refSeq !== this.refSeq()) this.begin(draft.refSeq, null);
  }

  /** Goes on with what a draft answers; 0 for nothing. */
  begin(seq: number, message: Message | null) {
    const answered: Answer | null = seq > 0 ? { kind: "answer", seq, message } : null;
    const about = this.getSnapshot();
    this.set(about?.kind === "edit" ? { ...about, answered } : answered);
  }

  /** The seq that the draft answers; 0 for none. */
  refSeq(): number {
    return this.#answered()?.seq ?? 0;
  }

  #answered(): Answer | null {
    const about = this.getSnapshot();
    return about?.kind === "edit" ? about.answered : about;
  }
}

const key = ({ text, refSeq }: Draft) => `${refSeq} ${text}`;
