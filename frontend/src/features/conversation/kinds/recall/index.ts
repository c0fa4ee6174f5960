import type { Kind } from "..";
import { RecallLine } from "./RecallLine";

/** A message that its sender took back: its place is all that is left. */
export const recall: Kind = {
  shape: "line",
  Body: RecallLine,
  words: (t, message, name) =>
    message.mine ? t("message.recalled_mine") : t("message.recalled_theirs", { name }),
};
