import { useCallback, useEffect, useState } from "react";
import { useApp } from "../../state/app";
import { SearchStore } from "../../state/search";
import type { SearchAsk } from "../../state/search";
import { useStore } from "../../state/store";

/** How often a search is repeated while older messages are being indexed, in milliseconds. */
const indexingMs = 3_000;

/** What is found now, and how to get more of it. */
export function useSearch(ask: SearchAsk) {
  const app = useApp();
  const [store] = useState(() => new SearchStore(app.bridge));
  const found = useStore(store);
  const { query, conversationId, sender, links, fromMs } = ask;

  // The results come from Go.
  useEffect(() => {
    const now = () => void store.ask({ query, conversationId, sender, links, fromMs });
    now();
    const again = setInterval(() => {
      if (store.getSnapshot().indexing) now();
    }, indexingMs);
    return () => clearInterval(again);
  }, [store, query, conversationId, sender, links, fromMs]);

  const more = useCallback(() => void store.more(), [store]);
  return { found, more };
}
