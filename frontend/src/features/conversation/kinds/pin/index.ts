import type { Kind } from "..";
import { PinLine } from "./PinLine";
import { pinWords } from "./pinWords";

/** Somebody put a message above the conversation. */
export const pin: Kind = {
  shape: "line",
  Body: PinLine,
  words: (t, message, peerName) => pinWords(t, message, peerName),
};
