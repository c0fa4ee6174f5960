import type { Kind } from "..";
import { RecordBody } from "./RecordBody";
import { recordTitle } from "./recordTitle";

/** Messages of a conversation, passed on as one. */
export const record: Kind = {
  shape: "bubble",
  Body: RecordBody,
  words: (t, { card, text }) =>
    card
      ? [recordTitle(t, card.names), ...card.lines.map((l) => `${l.name}: ${l.text}`)].join("\n")
      : text || t("message.unknown_empty"),
};
