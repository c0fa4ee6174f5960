import { createBridge } from "./index";
import type { Bridge } from "./index";
import { browserTransport } from "./browser";
import { inWails, wailsTransport } from "./wails";

/** The bridge of the host that the page runs in. */
export const connect = (): Bridge =>
  createBridge(inWails() ? wailsTransport() : browserTransport());
