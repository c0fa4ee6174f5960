import type { Bridge } from "../bridge";
import { BridgeError } from "../bridge/error";
import type { Starred } from "../bridge/types";
import { Store } from "./store";

export type StarredSnapshot = {
  /** "" is any conversation. */
  conversationId: string;
  /** The one that got its star last first; undefined before the first answer. */
  items: readonly Starred[] | undefined;
  /** "" when none follows. */
  cursor: string;
  /** Not all of them are known on this device yet. */
  reading: boolean;
  loading: boolean;
  error: BridgeError | null;
};

const nothing: StarredSnapshot = {
  conversationId: "",
  items: undefined,
  cursor: "",
  reading: false,
  loading: false,
  error: null,
};

/** Messages asked for at once. */
const pageSize = 50;

/** The messages with a star, while somebody looks at them. */
export class StarredStore extends Store<StarredSnapshot> {
  #generation = 0;
  #open = false;

  constructor(private readonly bridge: Bridge) {
    super(nothing);
  }

  /** Begins at the newest, of one conversation or of all. */
  async open(conversationId: string) {
    this.#open = true;
    this.set({ ...nothing, conversationId });
    await this.#load(pageSize);
  }

  close() {
    this.#open = false;
    this.#generation++;
    this.set(nothing);
  }

  /** Asks again for as many as are here: some got a star, lost it or changed. Only apply.ts calls it. */
  async refresh() {
    if (this.#open) await this.#load(Math.max(pageSize, this.getSnapshot().items?.length ?? 0));
  }

  /** Asks for those that follow. */
  async more() {
    const { items, cursor, loading } = this.getSnapshot();
    if (!items || cursor === "" || loading) return;
    const generation = this.#generation;
    this.set({ ...this.getSnapshot(), loading: true });
    let change: Partial<StarredSnapshot>;
    try {
      const page = await this.#page(cursor);
      change = { ...page, items: [...items, ...page.items] };
    } catch (cause) {
      change = { error: BridgeError.from(cause) };
    }
    if (generation === this.#generation) {
      this.set({ ...this.getSnapshot(), ...change, loading: false });
    }
  }

  /** Asks for the newest, page by page, until there are as many as wanted. */
  async #load(wanted: number) {
    const generation = ++this.#generation;
    this.set({ ...this.getSnapshot(), loading: true });
    let change: Partial<StarredSnapshot>;
    try {
      let page = await this.#page("");
      let items = page.items;
      while (items.length < wanted && page.cursor !== "" && generation === this.#generation) {
        page = await this.#page(page.cursor);
        items = [...items, ...page.items];
      }
      change = { ...page, items, error: null };
    } catch (cause) {
      change = { error: BridgeError.from(cause) };
    }
    if (generation === this.#generation) {
      this.set({ ...this.getSnapshot(), ...change, loading: false });
    }
  }

  #page(cursor: string) {
    const { conversationId } = this.getSnapshot();
    return this.bridge.call("Chat", "Starred", {
      conversation_id: conversationId,
      cursor,
      limit: pageSize,
    });
  }
}
