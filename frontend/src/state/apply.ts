import type { Delivery } from "../bridge/feed";
import type { BridgeEvent } from "../bridge/types";
import { quietly } from "./app";
import type { AppState } from "./app";

/**
 * Feeds events to the state until the returned function is called. Nothing
 * else writes what events say. An event names what changed; the stores pull
 * the rest, and a pull that fails is made again by the next event or reset.
 */
export function applyEvents(app: AppState): () => void {
  let shown = app.auth.account?.id;
  const stopAuth = app.auth.subscribe(() => {
    // Calls and events both end here, so a closed account's data never shows.
    const account = app.auth.account?.id;
    if (shown && !account) app.clear();
    shown = account;
  });
  const stopEvents = app.bridge.onEvents((d) => applyDelivery(app, d));
  return () => {
    stopEvents();
    stopAuth();
  };
}

function applyDelivery(app: AppState, d: Delivery) {
  switch (d.kind) {
    case "events":
      d.events.forEach((e) => applyEvent(app, e));
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

function applyEvent(app: AppState, e: BridgeEvent) {
  switch (e.kind) {
    case "auth":
      return quietly(app.auth.load());
    case "connection":
      if (!e.connection) return;
      app.connection.apply(e.connection);
      // Who is online is only known while this device is.
      if (e.connection.state === "off") app.presence.clear();
      if (e.connection.state === "online") {
        quietly(app.presence.load());
        quietly(app.offered.load());
      }
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
      return void app.starred.refresh(); // One of them may say something else now.
    case "contacts":
      return app.contacts.refresh();
    case "presence":
      if (e.presence) app.presence.apply(e.presence);
      return;
    case "typing":
      return app.typing.apply(e.conversation_id ?? "", e.user_id ?? "", e.until_ms ?? 0);
    case "settings":
      // Folders and keys are among what the user chose for all of their devices.
      if (app.auth.account) {
        quietly(app.folders.load());
        quietly(app.shortcuts.load());
      }
      return quietly(app.settings.load());
    case "profile":
      return quietly(app.profile.load());
    case "devices":
      // Asked for only where somebody looks.
      if (app.devices.getSnapshot().list) quietly(app.devices.load());
      return e.signed_in?.forEach((device) => app.signIns.tell(device));
    case "storage":
      return app.storage.refresh();
    case "restore":
      return app.restore.refresh();
    case "scheduled":
      return quietly(app.scheduled.load());
    case "stars":
      return void app.starred.refresh();
    case "unread":
      return; // The list's own sum is what the page shows; hosts use this one.
    case "reset":
      return reload(app);
    case "notice":
      if (e.notice) app.notices.tell(e.notice);
      return;
    case "notices_over":
      return app.bridge.host.closeNotices(e.ids ?? []);
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
  if (app.auth.account) void app.loadAccount();
}
