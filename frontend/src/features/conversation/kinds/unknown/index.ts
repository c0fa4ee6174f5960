import type { Kind } from "..";
import { UnknownBody } from "./UnknownBody";

/** A kind that a later version knows: shown by the fallback that came with it. */
export const unknown: Kind = {
  shape: "bubble",
  Body: UnknownBody,
  words: (t, message) => message.text || t("message.unknown_empty"),
};
