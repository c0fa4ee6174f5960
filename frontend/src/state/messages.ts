import type { Bridge } from "../bridge";
import { BridgeError } from "../bridge/error";
import type { Message, Page } from "../bridge/types";
import { Coalesce } from "./coalesce";
import { Store } from "./store";

export type MessagesSnapshot = {
  /**
   * A window of the conversation without holes, oldest first: messages that
   * have a seq, by seq, then unsent ones in order of queueing. Undefined until
   * the first page.
   */
  messages: readonly Message[] | undefined;
  moreBefore: boolean;
  moreAfter: boolean;
  /** Older history exists but could not be fetched now: the device is offline. */
  missing: boolean;
  loading: "none" | "first" | "older" | "newer";
  /** Why the last page did not come; null when it did. */
  error: BridgeError | null;
};

const initial: MessagesSnapshot = {
  messages: undefined,
  moreBefore: false,
  moreAfter: false,
  missing: false,
  loading: "none",
  error: null,
};

/** Messages asked for in one page. */
const pageSize = 60;

/**
 * The most messages that a window holds after it moved: some more than a list
 * has mounted, so that what the user sees is never among those let go.
 */
export const windowSize = 400;

type Ask = { before_seq?: number; after_seq?: number; around_seq?: number };

/**
 * MessagesStore is what the page shows of one conversation. Pages extend the
 * window at its ends and let go of as much at the other; events change what is
 * inside it. A message beyond a window that is not the newest part only raises
 * `moreAfter`.
 */
export class MessagesStore extends Store<MessagesSnapshot> {
  #generation = 0;
  #pages = 0; // Page calls under way.
  #duringPage = new Set<string>(); // Changed meanwhile: a page may be older than the event.
  readonly #changed = new Coalesce((ids) => this.#pull(ids));

  constructor(
    private readonly bridge: Bridge,
    readonly conversationId: string,
  ) {
    super(initial);
  }

  /** Shows the newest part. */
  openNewest() {
    return this.#open({});
  }

  /** Shows both sides of a seq. */
  openAround(seq: number) {
    return this.#open({ around_seq: seq });
  }

  /** Opens anew what the window shows: after events were missed. */
  reload() {
    const { messages, moreAfter } = this.getSnapshot();
    const middle = messages?.[Math.floor(messages.length / 2)];
    return moreAfter && middle?.seq ? this.openAround(middle.seq) : this.openNewest();
  }

  /** Extends the window upwards; `whole` lets nothing go below. Does nothing while another page is on its way. */
  async loadOlder(whole = false) {
    const { messages, moreBefore, loading } = this.getSnapshot();
    const first = messages?.[0];
    if (!first?.seq || !moreBefore || loading !== "none") return;
    await this.#page("older", { before_seq: first.seq }, (page, now) => {
      const all = merge(now.messages ?? [], page.messages);
      const kept = whole ? all : all.slice(0, windowSize);
      return {
        messages: kept,
        moreBefore: page.more_before,
        moreAfter: now.moreAfter || kept.length < all.length,
        missing: page.missing,
      };
    });
  }

  /** Extends the window downwards; `whole` lets nothing go above. */
  async loadNewer(whole = false) {
    const { messages, moreAfter, loading } = this.getSnapshot();
    const last = messages ? lastSent(messages) : undefined;
    if (!last || !moreAfter || loading !== "none") return;
    await this.#page("newer", { after_seq: last.seq }, (page, now) => {
      const all = merge(now.messages ?? [], page.messages);
      const kept = whole ? all : newestOf(all, windowSize);
      return {
        messages: kept,
        ...(kept.length < all.length && { moreBefore: true, missing: false }),
        moreAfter: page.more_after,
      };
    });
  }

  /** Lets older messages go of a window that grew at its end: nobody looks at them. */
  letOlderGo() {
    const now = this.getSnapshot();
    const kept = newestOf(now.messages ?? [], windowSize / 2);
    if (now.loading !== "none" || kept.length === now.messages?.length) return;
    this.set({ ...now, messages: kept, moreBefore: true, missing: false });
  }

  /** Asks for these again: they changed, appeared or vanished. Only apply.ts calls it. */
  apply(ids: readonly string[]) {
    if (this.#pages > 0) ids.forEach((id) => this.#duringPage.add(id));
    if (this.getSnapshot().messages) this.#changed.add(ids);
  }

  /** Queues a text, which may answer the message with a seq. The bubble shows as soon as Go has it; jump to the newest part first. */
  async send(text: string, refSeq = 0, silent = false) {
    const message = await this.bridge.call("Chat", "Send", {
      conversation_id: this.conversationId,
      text,
      ref_seq: refSeq,
      silent,
    });
    const now = this.getSnapshot();
    // An event may have brought a later state of it already.
    if (now.messages?.some((m) => m.id === message.id) === false && !now.moreAfter) {
      this.set({ ...now, messages: merge(now.messages, [message]) });
    }
    return message;
  }

  /** Queues a failed message again, in its place. */
  async retry(id: string) {
    await this.bridge.call("Chat", "Retry", this.#one(id));
    this.apply([id]);
  }

  async retryAll() {
    await this.bridge.call("Chat", "RetryAll", { conversation_id: this.conversationId });
    const failed = this.getSnapshot().messages?.filter((m) => m.status === "failed") ?? [];
    this.apply(failed.map((m) => m.id));
  }

  /** Removes a failed message for good. */
  async discard(id: string) {
    await this.bridge.call("Chat", "Discard", this.#one(id));
    this.apply([id]);
  }

  /** Takes an own message back for everybody. */
  async recall(id: string) {
    await this.bridge.call("Chat", "Recall", this.#one(id));
    this.apply([id]);
  }

  /** Takes away why the last change to a message was refused: the user has seen it. */
  async dismiss(id: string) {
    await this.bridge.call("Chat", "DismissRefusal", this.#one(id));
    this.apply([id]);
  }

  /** The message with a seq, also outside of the window; null if it is not here. */
  async find(seq: number): Promise<Message | null> {
    const bySeq = (m: Message) => m.seq === seq;
    const here = this.getSnapshot().messages?.find(bySeq);
    if (here) return here;
    const page = await this.bridge.call("History", "Page", {
      conversation_id: this.conversationId,
      before_seq: 0,
      after_seq: 0,
      around_seq: seq,
      limit: 1,
    });
    return page.messages.find(bySeq) ?? null;
  }

  /** Gives an own text other words. */
  async edit(id: string, text: string) {
    await this.bridge.call("Chat", "Edit", { ...this.#one(id), text });
    this.apply([id]);
  }

  /** Puts an emoji to a message, or takes the user's own away. */
  async react(id: string, emoji: string, on: boolean) {
    await this.bridge.call("Chat", "React", { ...this.#one(id), emoji, on });
    this.apply([id]);
  }

  /** Puts a message above the conversation for everybody, or takes it off. */
  async pin(id: string, on: boolean) {
    await this.bridge.call("Chat", "Pin", { ...this.#one(id), on });
  }

  /** Gives messages a star that only the user sees, or takes it away. */
  async star(ids: readonly string[], on: boolean) {
    await this.bridge.call("Chat", "Star", {
      conversation_id: this.conversationId,
      message_ids: [...ids],
      on,
    });
    this.apply(ids);
  }

  /** Deletes messages for the user alone, on all of their devices and for good. */
  async deleteForMe(ids: readonly string[]) {
    await this.bridge.call("Chat", "DeleteForMe", {
      conversation_id: this.conversationId,
      message_ids: [...ids],
    });
    this.apply(ids);
  }

  /** Those of the pinned messages that are here, oldest first. */
  pinned() {
    return this.bridge.call("History", "Pinned", { conversation_id: this.conversationId });
  }

  /** All that a text ever said, the present words last. */
  versions(seq: number) {
    return this.bridge.call("History", "Versions", { conversation_id: this.conversationId, seq });
  }

  /** Has the server asked what stands behind the link of a message that is shown. */
  wantPreview(id: string) {
    return this.bridge.call("Chat", "WantPreview", this.#one(id));
  }

  /** Moves the read position; call it for what was visible in a focused window. */
  markRead(seq: number) {
    return this.bridge.call("Chat", "MarkRead", { conversation_id: this.conversationId, seq });
  }

  /** Passes a typing hint on. It may be lost, so nobody waits for it. */
  setTyping(on: boolean) {
    this.bridge
      .call("Chat", "SetTyping", { conversation_id: this.conversationId, on })
      .catch(() => undefined);
  }

  #one(id: string) {
    return { conversation_id: this.conversationId, message_id: id };
  }

  async #open(ask: Ask) {
    this.#generation++;
    await this.#page("first", ask, (page) => ({
      messages: page.messages,
      moreBefore: page.more_before,
      moreAfter: page.more_after,
      missing: page.missing,
    }));
  }

  async #page(
    loading: MessagesSnapshot["loading"],
    ask: Ask,
    join: (page: Page, now: MessagesSnapshot) => Partial<MessagesSnapshot>,
  ) {
    const generation = this.#generation;
    this.set({ ...this.getSnapshot(), loading, error: null });
    this.#pages++;
    let change: Partial<MessagesSnapshot>;
    try {
      const page = await this.bridge.call("History", "Page", {
        conversation_id: this.conversationId,
        before_seq: 0,
        after_seq: 0,
        around_seq: 0,
        limit: pageSize,
        ...ask,
      });
      change = join(page, this.getSnapshot());
    } catch (cause) {
      change = { error: BridgeError.from(cause) };
    } finally {
      this.#pages--;
    }
    if (generation !== this.#generation) return; // A later open replaced the window.
    this.set({ ...this.getSnapshot(), ...change, loading: "none" });
    if (this.#pages === 0 && this.#duringPage.size > 0) {
      const ids = [...this.#duringPage];
      this.#duringPage.clear();
      this.apply(ids);
    }
  }

  async #pull(ids: string[]) {
    const generation = this.#generation;
    const got = await this.bridge.call("History", "Messages", {
      conversation_id: this.conversationId,
      ids,
    });
    const now = this.getSnapshot();
    if (generation !== this.#generation || !now.messages) return;
    const came = new Set(got.map((m) => m.id));
    const gone = new Set(ids.filter((id) => !came.has(id)));
    const known = new Set(now.messages.map((m) => m.id));
    const first = now.messages.find((m) => m.seq > 0)?.seq ?? 0;
    const last = lastSent(now.messages)?.seq ?? 0;
    const fits = (m: Message) => {
      if (known.has(m.id)) return true;
      if (m.seq > 0 && m.seq < first) return !now.moreBefore;
      return !now.moreAfter || (m.seq > 0 && m.seq <= last);
    };
    const kept = gone.size > 0 ? now.messages.filter((m) => !gone.has(m.id)) : now.messages;
    this.set({
      ...now,
      messages: merge(kept, got.filter(fits)),
      moreAfter: now.moreAfter || got.some((m) => m.seq > last && !fits(m)),
    });
  }
}

/** The last of a list, and as many unsent ones before them as there are: a window begins with a seq. */
function newestOf(list: readonly Message[], count: number): readonly Message[] {
  const unsent = list.findIndex((m) => m.seq === 0);
  const last = (unsent < 0 ? list.length : unsent) - 1;
  return list.slice(Math.max(0, Math.min(list.length - count, last)));
}

const lastSent = (messages: readonly Message[]) => messages.filter((m) => m.seq > 0).at(-1);

/**
 * `add` put into `list`: same id replaces, messages with a seq are in its
 * order, unsent ones keep their place at the end and later ones follow.
 */
export function merge(list: readonly Message[], add: readonly Message[]): readonly Message[] {
  if (add.length === 0) return list;
  const byId = new Map(list.map((m) => [m.id, m]));
  add.forEach((m) => byId.set(m.id, m)); // A Map keeps the first place of a key.
  const all = [...byId.values()];
  const sent = all.filter((m) => m.seq > 0).sort((a, b) => a.seq - b.seq);
  return [...sent, ...all.filter((m) => m.seq === 0)];
}
