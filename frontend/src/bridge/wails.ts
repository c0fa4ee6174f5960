// The desktop window: calls through the bound structs, events through the
// Wails runtime. The only file of the page that knows Wails.
import * as Auth from "../../wailsjs/go/bridge/Auth";
import * as Chat from "../../wailsjs/go/bridge/Chat";
import * as Events from "../../wailsjs/go/bridge/Events";
import * as Friends from "../../wailsjs/go/bridge/Friends";
import * as History from "../../wailsjs/go/bridge/History";
import * as Restore from "../../wailsjs/go/bridge/Restore";
import * as Search from "../../wailsjs/go/bridge/Search";
import * as Settings from "../../wailsjs/go/bridge/Settings";
import * as Storage from "../../wailsjs/go/bridge/Storage";
import { BrowserOpenURL, EventsOn } from "../../wailsjs/runtime/runtime";
import { BridgeError } from "./error";
import type { Transport } from "./transport";
import type { BridgeEvent } from "./types";

/** The name under which the app emits batches of bridge.Event. */
const eventName = "mychat";

const structs: Record<string, unknown> = {
  Auth,
  Chat,
  Events,
  Friends,
  History,
  Restore,
  Search,
  Settings,
  Storage,
};

/** Whether the page runs in the desktop window. */
export const inWails = () => "go" in window && "runtime" in window;

export function wailsTransport(): Transport {
  return {
    host: {
      kind: "desktop",
      openLink: (url) => BrowserOpenURL(url),
      download: () => {}, // The app wrote it where the user wanted it.
      sendBackup: () => Promise.reject(new BridgeError("internal", "the app asks for the file")),
      noticePermission: () => "unsupported", // The app shows notices itself.
      askNoticePermission: () => Promise.resolve("unsupported"),
      showNotice: () => {},
      closeNotices: () => {},
    },
    async invoke(struct, method, args) {
      const calls = structs[struct] as Record<string, (...a: unknown[]) => Promise<unknown>>;
      const call = calls[method];
      if (!call) throw new BridgeError("internal", `no method ${struct}.${method}`);
      return call(...args);
    },
    listen(_since, onBatch) {
      return EventsOn(eventName, (batch: BridgeEvent[]) => onBatch(batch));
    },
  };
}
