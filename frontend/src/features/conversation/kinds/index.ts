// The registry: one folder per kind of message.
import type { ComponentType } from "react";
import type { Message } from "../../../bridge/types";
import type { T } from "../../../i18n";
import { clear } from "./clear";
import { friended } from "./friended";
import { pin } from "./pin";
import { recall } from "./recall";
import { record } from "./record";
import { text } from "./text";
import { unknown } from "./unknown";

export type KindProps = {
  message: Message;
  /** What the user calls the other side. */
  peerName: string;
  /** Call it before the message changes its height because the user wants it to. */
  onResize: () => void;
  /** Shows the message with a seq, wherever it is. */
  onJump: (seq: number) => void;
  /** Shows all that it holds. */
  onOpen: () => void;
  /** Writes the words of an own message again that was just recalled here. */
  onAgain: (text: string) => void;
};

export type Kind = {
  /** A bubble belongs to somebody; a line stands in the middle and belongs to nobody. */
  shape: "bubble" | "line";
  Body: ComponentType<KindProps>;
  /** The message in words without marks, where it is told and not drawn. */
  words: (t: T, message: Message, peerName: string) => string;
  /** What the clipboard gets, if not the words. */
  copied?: (message: Message) => string;
};

const kinds: Readonly<Record<string, Kind | undefined>> = {
  text,
  friended,
  recall,
  record,
  pin,
  clear,
};

/** How to show a kind. One that this version does not know shows its fallback. */
export const kindOf = (name: string): Kind => kinds[name] ?? unknown;

/** What the clipboard gets of a message. */
export function copied(t: T, message: Message, peerName: string): string {
  const kind = kindOf(message.kind);
  return kind.copied?.(message) ?? kind.words(t, message, peerName);
}
