import type { Kind } from "..";
import { ClearLine } from "./ClearLine";

/** One of two deleted all that was said before, for both. */
export const clear: Kind = {
  shape: "line",
  Body: ClearLine,
  words: (t, message, name) =>
    message.mine ? t("message.cleared_mine", { name }) : t("message.cleared_theirs", { name }),
};
