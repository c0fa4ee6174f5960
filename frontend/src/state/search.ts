import type { Bridge } from "../bridge";
import { BridgeError } from "../bridge/error";
import type { ConversationHit, Hit, PersonHit } from "../bridge/types";
import { Store } from "./store";

/** What is looked for. Times are Unix milliseconds; 0 is no bound. */
export type SearchAsk = {
  query: string;
  /** "" is any conversation. */
  conversationId: string;
  /** A user id; "" is anybody. */
  sender: string;
  links: boolean;
  fromMs: number;
};

export type SearchSnapshot = {
  /** What the results answer; null before the first answer. */
  asked: SearchAsk | null;
  people: readonly PersonHit[];
  conversations: readonly ConversationHit[];
  /** Newest first. */
  hits: readonly Hit[];
  /** "" when no hit follows. */
  cursor: string;
  /** Not all messages that are here are found yet. */
  indexing: boolean;
  loading: boolean;
  /** How long the last answer took, in milliseconds. */
  tookMs: number;
  error: BridgeError | null;
};

const nothing: SearchSnapshot = {
  asked: null,
  people: [],
  conversations: [],
  hits: [],
  cursor: "",
  indexing: false,
  loading: false,
  tookMs: 0,
  error: null,
};

/** Hits asked for at once. */
const pageSize = 50;

/** One search as the user changes it. Results stay until those of the next ask are here. */
export class SearchStore extends Store<SearchSnapshot> {
  #generation = 0;

  constructor(private readonly bridge: Bridge) {
    super(nothing);
  }

  /** Looks for messages, and by name for people and conversations unless it is in one. */
  async ask(ask: SearchAsk) {
    const generation = ++this.#generation;
    const { query, conversationId, sender, links, fromMs } = ask;
    const anything = query.trim() !== "" || sender !== "" || links || fromMs > 0;
    if (!anything) return this.set(nothing);
    this.set({ ...this.getSnapshot(), loading: true });
    const start = performance.now();
    const names = conversationId === "" && query.trim() !== "";
    try {
      const [found, page] = await Promise.all([
        names ? this.bridge.call("Search", "Names", { query }) : { people: [], conversations: [] },
        this.#page(ask, ""),
      ]);
      if (generation !== this.#generation) return;
      this.set({
        ...nothing,
        ...found,
        ...page,
        asked: ask,
        tookMs: Math.max(1, Math.round(performance.now() - start)),
      });
    } catch (cause) {
      if (generation !== this.#generation) return;
      this.set({ ...nothing, asked: ask, error: BridgeError.from(cause) });
    }
  }

  /** Looks for the hits that follow. */
  async more() {
    const { asked, cursor, loading } = this.getSnapshot();
    if (!asked || cursor === "" || loading) return;
    const generation = this.#generation;
    this.set({ ...this.getSnapshot(), loading: true });
    let change: Partial<SearchSnapshot>;
    try {
      const page = await this.#page(asked, cursor);
      change = { ...page, hits: [...this.getSnapshot().hits, ...page.hits] };
    } catch (cause) {
      change = { error: BridgeError.from(cause) };
    }
    if (generation !== this.#generation) return;
    this.set({ ...this.getSnapshot(), ...change, loading: false });
  }

  #page(ask: SearchAsk, cursor: string) {
    return this.bridge.call("Search", "Messages", {
      query: ask.query,
      conversation_id: ask.conversationId,
      sender: ask.sender,
      links: ask.links,
      from_ms: ask.fromMs,
      to_ms: 0,
      cursor,
      limit: pageSize,
    });
  }
}

/** The words of a hit that were looked for, as they are written there. */
export const marksOf = (hit: Hit): readonly string[] => [
  ...new Set(hit.snippet.filter((p) => p.hit).map((p) => p.text)),
];
