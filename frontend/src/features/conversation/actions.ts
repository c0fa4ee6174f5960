/** What can be done with a message of the open conversation; ids are Message.id. */
export type MessageActions = {
  /** Begins an answer to it. */
  reply: (id: string) => void;
  /** Shows the message with a seq, wherever it is. */
  jump: (seq: number) => void;
  /** Takes an own one back for everybody. */
  recall: (id: string) => void;
  /** Writes a text that was recalled again. */
  again: (text: string) => void;
  /** Goes on with an edit that was refused: of its message, or where that is too late as words of their own. */
  retryEdit: (id: string) => void;
  /** Takes away why a change to it was refused. */
  dismiss: (id: string) => void;
  /** Begins to edit an own text. */
  edit: (id: string) => void;
  /** Puts an emoji to it, or takes the user's own away. */
  react: (id: string, emoji: string) => void;
  /** Lets the user choose an emoji for it, beside an element or its bubble. */
  chooseReaction: (id: string, beside?: Element) => void;
  /** Puts it above the conversation for everybody, or takes it off; without `on`, the other of the two. */
  pin: (id: string, on?: boolean) => void;
  /** Gives it, or what is selected, a star that only the user sees; where all have one, takes it away. */
  star: (id: string) => void;
  /** Asks whether it, or what is selected, is to be deleted for the user alone. */
  remove: (id: string) => void;
  /** Shows what a text said before. */
  versions: (id: string) => void;
  /** Shows all that a record holds. */
  open: (id: string) => void;
  /** Sends it, or what is selected, to others. */
  forward: (id: string, merged?: boolean) => void;
  /** Puts it, or what is selected, on the clipboard. */
  copy: (id: string) => void;
  /** Begins to select with it, or takes it in or out; up to it from the last one for a range. */
  select: (id: string, range?: boolean) => void;
  /** Selects everything that is loaded. */
  selectAll: () => void;
};
