import { describe, expect, it } from "vitest";
import { createBridge } from "../bridge";
import type { Hit } from "../bridge/types";
import { FakeTransport, message } from "../testing/fakeTransport";
import { SearchStore } from "./search";
import type { SearchAsk } from "./search";

const ask: SearchAsk = {
  query: "tea",
  conversationId: "",
  sender: "",
  links: false,
  fromMs: 0,
  toMs: 0,
};

const hit = (id: string): Hit => ({ message: message(1, { id }), snippet: [] });

/** A store, and what is asked of Search, which answers from a script by method. */
function scripted(answers: Record<string, unknown[]>) {
  const asked: { method: string; cursor: string }[] = [];
  const transport = new FakeTransport();
  for (const [method, script] of Object.entries(answers))
    transport.on(`Search.${method}`, ({ cursor = "" }: { cursor?: string }) => {
      asked.push({ method, cursor });
      if (script.length === 0) throw new Error("nothing to say");
      return script.shift();
    });
  return { store: new SearchStore(createBridge(transport)), asked };
}

const names = { people: [], conversations: [] };
const local = (hits: Hit[], cursor = "") => ({ hits, cursor, indexing: false });
const server = (hits: Hit[], cursor = "", state = "found") => ({
  state,
  hits,
  cursor,
  indexing: false,
});

describe("SearchStore", () => {
  it("asks the server only when all that is here was found", async () => {
    const { store, asked } = scripted({
      Names: [names],
      Messages: [local([hit("a")], "next"), local([hit("b")])],
      OnServer: [server([hit("c")])],
    });
    await store.ask(ask);
    await store.beyond();
    expect(asked.map((a) => a.method)).not.toContain("OnServer");
    await store.more();
    await store.more();
    const { hits, server: found } = store.getSnapshot();
    expect(hits.map((h) => h.message.id)).toEqual(["a", "b"]);
    expect(found).toEqual({ state: "found", hits: [hit("c")], cursor: "" });
  });

  it("goes past pages of the server that hold nothing new, and on from there", async () => {
    const { store, asked } = scripted({
      Names: [names],
      Messages: [local([])],
      OnServer: [server([], "1"), server([hit("c")], "2"), server([hit("d")])],
    });
    await store.ask(ask);
    await store.beyond();
    expect(store.getSnapshot().server.hits).toEqual([hit("c")]);
    await store.more();
    expect(store.getSnapshot().server).toEqual({
      state: "found",
      hits: [hit("c"), hit("d")],
      cursor: "",
    });
    await store.more();
    expect(asked.filter((a) => a.method === "OnServer").map((a) => a.cursor)).toEqual([
      "",
      "1",
      "2",
    ]);
  });

  it("keeps what is here when the server fails, and says so", async () => {
    const { store } = scripted({ Names: [names], Messages: [local([hit("a")])], OnServer: [] });
    await store.ask(ask);
    await store.beyond();
    expect(store.getSnapshot()).toMatchObject({ hits: [hit("a")], error: null });
    expect(store.getSnapshot().server.state).toBe("failed");
  });

  it("forgets what the server found for another search, not for the same", async () => {
    const { store } = scripted({
      Names: [names, names, names],
      Messages: [local([]), local([]), local([])],
      OnServer: [server([hit("c")])],
    });
    await store.ask(ask);
    await store.beyond();
    await store.ask(ask); // While older messages are indexed it is repeated.
    expect(store.getSnapshot().server.hits).toHaveLength(1);
    await store.ask({ ...ask, query: "coffee" });
    expect(store.getSnapshot().server).toEqual({ state: null, hits: [], cursor: "" });
  });
});
