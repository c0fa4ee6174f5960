import type { Kind } from "..";
import { FriendedLine } from "./FriendedLine";

/** The first entry of a direct conversation: the sender accepted the other's request. */
export const friended: Kind = {
  shape: "line",
  Body: FriendedLine,
  words: (t, message, name) =>
    message.mine ? t("message.friended_mine", { name }) : t("message.friended_theirs", { name }),
};
