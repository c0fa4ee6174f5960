import type { Bridge } from "../bridge";
import { BridgeError } from "../bridge/error";
import type { ConversationHit, Hit, PersonHit, ServerSearch } from "../bridge/types";
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
  toMs: number;
};

/** What the server found of what is not on this device. */
export type OnServer = {
  /** Whether and how it was asked; null before that. */
  state: ServerSearch | "asking" | "failed" | null;
  /** Newest first; none of them is on this device. */
  hits: readonly Hit[];
  /** "" when no hit follows. */
  cursor: string;
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
  server: OnServer;
  loading: boolean;
  /** How long the last answer took, in milliseconds. */
  tookMs: number;
  error: BridgeError | null;
};

const unasked: OnServer = { state: null, hits: [], cursor: "" };

const nothing: SearchSnapshot = {
  asked: null,
  people: [],
  conversations: [],
  hits: [],
  cursor: "",
  indexing: false,
  server: unasked,
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
    const { query, conversationId, sender, links, fromMs, toMs } = ask;
    const anything = query.trim() !== "" || sender !== "" || links || fromMs > 0 || toMs > 0;
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
      const before = this.getSnapshot();
      this.set({
        ...nothing,
        ...found,
        ...page,
        // While older messages are indexed here the same is asked again.
        server: before.asked && same(before.asked, ask) ? before.server : unasked,
        asked: ask,
        tookMs: Math.max(1, Math.round(performance.now() - start)),
      });
    } catch (cause) {
      if (generation !== this.#generation) return;
      this.set({ ...nothing, asked: ask, error: BridgeError.from(cause) });
    }
  }

  /** Asks the server for what is not here, once all that is here was found. */
  async beyond() {
    const { asked, cursor, server } = this.getSnapshot();
    if (!asked || cursor !== "" || server.state !== null) return;
    await this.#beyond(asked, unasked);
  }

  /** Looks for the hits that follow. */
  async more() {
    const { asked, cursor, loading, server } = this.getSnapshot();
    if (asked && cursor === "") {
      if (server.state === "found" && server.cursor !== "") await this.#beyond(asked, server);
      return this.beyond();
    }
    if (!asked || loading) return;
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

  /** Gets the server's hits that follow some. Those that are here by now are left out. */
  async #beyond(ask: SearchAsk, before: OnServer) {
    const generation = this.#generation;
    const put = (server: OnServer) => {
      const now = this.getSnapshot();
      const current = generation === this.#generation || (now.asked && same(now.asked, ask));
      if (current) this.set({ ...now, server });
      return current;
    };
    let server = before;
    put({ ...before, state: "asking" });
    try {
      // A page may hold nothing that is not here and be followed by others.
      for (let page = 0; page < pagesAtOnce; page++) {
        const got = await this.bridge.call("Search", "OnServer", request(ask, server.cursor));
        server = { state: got.state, hits: [...server.hits, ...got.hits], cursor: got.cursor };
        if (got.hits.length > 0 || got.cursor === "") break;
      }
    } catch {
      server = { ...server, state: "failed" };
    }
    put(server);
  }

  #page(ask: SearchAsk, cursor: string) {
    return this.bridge.call("Search", "Messages", request(ask, cursor));
  }
}

/** Pages of the server that are looked at for one with hits. */
const pagesAtOnce = 5;

const request = (ask: SearchAsk, cursor: string) => ({
  query: ask.query,
  conversation_id: ask.conversationId,
  sender: ask.sender,
  links: ask.links,
  from_ms: ask.fromMs,
  to_ms: ask.toMs,
  cursor,
  limit: pageSize,
});

const same = (a: SearchAsk, b: SearchAsk) =>
  a.query === b.query &&
  a.conversationId === b.conversationId &&
  a.sender === b.sender &&
  a.links === b.links &&
  a.fromMs === b.fromMs &&
  a.toMs === b.toMs;

/** The words of a hit that were looked for, as they are written there. */
export const marksOf = (hit: Hit): readonly string[] => [
  ...new Set(hit.snippet.filter((p) => p.hit).map((p) => p.text)),
];
