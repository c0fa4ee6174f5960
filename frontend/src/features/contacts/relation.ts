import type { Relation } from "../../bridge/types";

/** What can be done about somebody who was found. */
export type Action = "ask" | "message" | "accept" | "wait" | "none";

const actions: Record<Relation, Action> = {
  none: "ask",
  friend: "message",
  asked: "wait",
  asked_you: "accept",
  self: "none",
};

export const actionFor = (relation: Relation): Action => actions[relation];
