import type { Delivery } from "../bridge/feed";
import type { BridgeEvent, Notice } from "../bridge/types";
import type { AppState } from "./app";

/** What apply passes on because it is shown outside of the page's state. */
export type Effects = {
  notice: (notice: Notice) => void;
};

/**
 * Feeds events to the state until the returned function is called. Nothing
 * else writes what events say. An event names what changed; the stores pull
 * the rest, and a pull that fails is made again by the next event or reset.
 */
export function applyEvents(app: AppState, effects: Effects): () => void {
  let shown = app.auth.account?.id;
  const stopAuth = app.auth.subscribe(() => {
    // Calls and events both end here, so another account's data never shows.
    const account = app.auth.account?.id;
    if (account === shown) return;
    shown = account;
    app.clear();
    loadAccount(app);
  });
  const stopEvents = app.bridge.onEvents((d) => applyDelivery(app, effects, d));
  return () => {
    stopEvents();
    stopAuth();
  };
}

function applyDelivery(app: AppState, effects: Effects, d: Delivery) {
  switch (d.kind) {
    case "events":
      d.events.forEach((e) => applyEvent(app, effects, e));
      return;
    case "reset":
      app.connection.apply(d.connection);
      reload(app);
      return;
    case "host":
      app.host.apply(d.there);
      return;
    default:
      d satisfies never;
  }
}

function applyEvent(app: AppState, effects: Effects, e: BridgeEvent) {
  switch (e.kind) {
    case "auth":
      return quietly(app.auth.load(e.reason));
    case "connection":
      if (!e.connection) return;
      app.connection.apply(e.connection);
      // Who is online is only known while this device is.
      if (e.connection.state === "off") app.presence.clear();
      if (e.connection.state === "online") quietly(app.presence.load());
      return;
    case "conversations":
      // Without ids, any of them may have changed.
      return e.ids ? app.conversations.refresh(e.ids) : quietly(app.conversations.load());
    case "messages":
      for (const store of app.openMessages()) {
        if (store.conversationId !== e.conversation_id) continue;
        if (e.ids) store.apply(e.ids);
        else if (store.getSnapshot().messages) quietly(store.reload());
      }
      return;
    case "contacts":
      return app.contacts.refresh();
    case "presence":
      if (e.presence) app.presence.apply(e.presence);
      return;
    case "typing":
      return app.typing.apply(e.conversation_id ?? "", e.user_id ?? "", e.until_ms ?? 0);
    case "settings":
      return quietly(app.settings.load());
    case "profile":
      return quietly(app.profile.load());
    case "unread":
      return; // The list's own sum is what the page shows; hosts use this one.
    case "reset":
      return reload(app);
    case "notice":
      if (e.notice) effects.notice(e.notice);
      return;
    case "show":
      if (e.conversation_id) app.navigation.openConversation(e.conversation_id);
      return;
    default:
      e.kind satisfies never;
  }
}

function reload(app: AppState) {
  quietly(app.settings.load());
  quietly(app.auth.load());
  loadAccount(app);
}

/** Asks for all that belongs to the open account, if there is one. */
function loadAccount(app: AppState) {
  if (!app.auth.account) return;
  quietly(app.conversations.load());
  app.contacts.refresh();
  quietly(app.presence.load());
  quietly(app.profile.load());
  for (const store of app.openMessages()) {
    if (store.getSnapshot().messages) quietly(store.reload());
  }
}

/** A failed pull leaves the screen as it is; the next event or reset mends it. */
function quietly(work: Promise<unknown>) {
  work.catch(() => undefined);
}
