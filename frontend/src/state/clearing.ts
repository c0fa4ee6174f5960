import type { Conversation } from "../bridge/types";
import { Store } from "./store";

/** A conversation that is to be emptied, once the user has confirmed that. */
export type Clearing = {
  conversation: Conversation;
  /** For both of its members, not only for the user. */
  forAll: boolean;
};

/** What the user is asked about emptying a conversation; null for nothing. */
export class ClearingStore extends Store<Clearing | null> {
  constructor() {
    super(null);
  }

  ask(clearing: Clearing) {
    this.set(clearing);
  }

  close() {
    this.set(null);
  }
}
