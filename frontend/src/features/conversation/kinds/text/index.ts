import type { Kind } from "..";
import { plain } from "../../../../ui/markup";
import { TextBody } from "./TextBody";

export const text: Kind = {
  shape: "bubble",
  Body: TextBody,
  words: (_t, message) => plain(message.text),
  copied: (message) => message.text,
};
