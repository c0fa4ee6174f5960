import type { Bridge } from "../bridge";
import { BridgeError } from "../bridge/error";
import type { Conversation } from "../bridge/types";
import { Coalesce } from "./coalesce";
import { Store } from "./store";

export type ConversationsSnapshot = {
  /** What is pinned first, then the newest activity; hidden and archived ones too. Undefined until the first answer. */
  list: readonly Conversation[] | undefined;
  byId: ReadonlyMap<string, Conversation>;
  /** Unread messages over all conversations that are neither muted nor hidden. */
  unread: number;
  /** Why the list could not be read; null when it could. */
  error: BridgeError | null;
};

const empty: ConversationsSnapshot = { list: undefined, byId: new Map(), unread: 0, error: null };

/** How a conversation stands in the list; what is left out stays as it is. */
export type ChatChange = Partial<
  Record<"pinned" | "muted" | "archived" | "hidden" | "marked_unread", boolean> &
    /** Ids of folders that it is put in and taken out of. */
    Record<"join" | "leave", string>
>;

/** The conversation list. */
export class ConversationsStore extends Store<ConversationsSnapshot> {
  #generation = 0;
  readonly #changed = new Coalesce((ids) => this.#pull(ids));

  constructor(private readonly bridge: Bridge) {
    super(empty);
  }

  /** Asks for the whole list. */
  async load() {
    const generation = ++this.#generation;
    try {
      const list = await this.bridge.call("Chat", "Conversations");
      if (generation === this.#generation) this.#show(new Map(list.map((c) => [c.id, c])));
    } catch (cause) {
      if (generation !== this.#generation) return;
      this.set({ ...this.getSnapshot(), error: BridgeError.from(cause) });
    }
  }

  /** Asks for these again: they changed, appeared or vanished. */
  refresh(ids: readonly string[]) {
    this.#changed.add(ids);
  }

  /** Changes how a conversation stands in the list, here and on the user's other devices. */
  update(id: string, change: ChatChange): Promise<void> {
    return this.bridge.call("Chat", "Update", { conversation_id: id, ...change });
  }

  /**
   * Shows unsent text, and the seq that it answers, in the list at once;
   * Chat.SaveDraft keeps it. `done` says that the user left the conversation.
   */
  async saveDraft(id: string, text: string, refSeq: number, done = false) {
    const old = this.getSnapshot().byId.get(id);
    if (old && (old.draft !== text || old.draft_ref_seq !== refSeq)) {
      const now = { ...old, draft: text, draft_ref_seq: refSeq };
      this.#show(new Map(this.getSnapshot().byId).set(id, now));
    }
    await this.bridge.call("Chat", "SaveDraft", {
      conversation_id: id,
      text,
      ref_seq: refSeq,
      mentions: text === "" ? [] : (old?.draft_mentions ?? []),
      done,
    });
  }

  /** Keeps what the message with a seq is to say instead, on this device alone; 0 ends that. */
  async saveEdit(id: string, seq: number, text: string) {
    const old = this.getSnapshot().byId.get(id);
    if (!old || (old.edit_seq === seq && old.edit_text === text)) return;
    this.#show(
      new Map(this.getSnapshot().byId).set(id, { ...old, edit_seq: seq, edit_text: text }),
    );
    await this.bridge.call("Chat", "SaveEdit", { conversation_id: id, seq, text });
  }

  /** Empties a conversation, for the user alone or for both. */
  async empty(id: string, forAll: boolean) {
    await this.bridge.call("Chat", "Clear", { conversation_id: id, for_all: forAll });
  }

  /** Forgets everything: another account is open, or none. */
  clear() {
    this.#generation++;
    this.set(empty);
  }

  async #pull(ids: string[]) {
    const generation = this.#generation;
    const got = await this.bridge.call("Chat", "ConversationsByID", { ids });
    if (generation !== this.#generation || !this.getSnapshot().list) return;
    const byId = new Map(this.getSnapshot().byId);
    ids.forEach((id) => byId.delete(id));
    got.forEach((c) => byId.set(c.id, c));
    this.#show(byId);
  }

  #show(byId: ReadonlyMap<string, Conversation>) {
    const list = [...byId.values()].sort(
      (a, b) =>
        b.pinned_ms - a.pinned_ms ||
        b.sort_ms - a.sort_ms ||
        (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    );
    const unread = list.reduce((sum, c) => sum + (c.muted || c.hidden ? 0 : c.unread), 0);
    this.set({ list, byId, unread, error: null });
  }
}
