import type { Kind } from "..";
import { TextBody } from "./TextBody";

export const text: Kind = {
  shape: "bubble",
  Body: TextBody,
  words: (_t, message) => message.text,
};
