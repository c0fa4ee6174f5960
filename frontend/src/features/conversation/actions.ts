/** What can be done with a message of the open conversation; ids are Message.id. */
export type MessageActions = {
  /** Begins an answer to it. */
  reply: (id: string) => void;
  /** Shows the message with a seq, wherever it is. */
  jump: (seq: number) => void;
};
