/** What can be done with a message of the open conversation; ids are Message.id. */
export type MessageActions = {
  /** Begins an answer to it. */
  reply: (id: string) => void;
  /** Shows the message with a seq, wherever it is. */
  jump: (seq: number) => void;
  /** Takes an own one back for everybody. */
  recall: (id: string) => void;
  /** Writes a recalled text again; null where that is over. */
  again: (id: string) => { write: () => void; untilMs: number } | null;
  /** Begins to edit an own text. */
  edit: (id: string) => void;
  /** Puts an emoji to it, or takes the user's own away. */
  react: (id: string, emoji: string) => void;
  /** Lets the user choose an emoji for it, beside an element or its bubble. */
  chooseReaction: (id: string, beside?: Element) => void;
  /** Shows what a text said before. */
  versions: (id: string) => void;
};
