import { useCallback, useEffect, useState } from "react";
import { useApp } from "../../state/app";
import { SearchStore } from "../../state/search";
import type { SearchAsk } from "../../state/search";
import { useStore } from "../../state/store";

/** How often a search is repeated while older messages are being indexed, in milliseconds. */
const indexingMs = 3_000;

/** How long the user pauses before the server is asked too, in milliseconds. */
const pauseMs = 400;

/** What is found now, and how to get more of it. */
export function useSearch(ask: SearchAsk) {
  const app = useApp();
  const [store] = useState(() => new SearchStore(app.bridge));
  const found = useStore(store);
  const { query, conversationId, sender, links, fromMs, toMs } = ask;

  // The results come from Go.
  useEffect(() => {
    const now = () => void store.ask({ query, conversationId, sender, links, fromMs, toMs });
    now();
    const again = setInterval(() => {
      if (store.getSnapshot().indexing) now();
    }, indexingMs);
    return () => clearInterval(again);
  }, [store, query, conversationId, sender, links, fromMs, toMs]);

  // What is not here comes from the server, once nobody types any more.
  const complete = found.asked !== null && !found.loading && found.cursor === "";
  useEffect(() => {
    if (!complete) return;
    const ask = setTimeout(() => void store.beyond(), pauseMs);
    return () => clearTimeout(ask);
  }, [store, complete, found.asked]);

  const more = useCallback(() => void store.more(), [store]);
  return { found, more };
}
