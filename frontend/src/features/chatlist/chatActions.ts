import type { Conversation } from "../../bridge/types";
import type { AppState } from "../../state/app";

/** What the user can do with a conversation of their list. */
export type ChatAction =
  | "pin"
  | "unpin"
  | "mark_unread"
  | "mark_read"
  | "mute"
  | "unmute"
  | "hide"
  | "archive"
  | "unarchive"
  | "folders"
  | "clear"
  | "clear_all";

/** The key of each on a row that has the focus, and in a menu. */
export const keyOf: Record<ChatAction, string> = {
  pin: "P",
  unpin: "P",
  mark_unread: "U",
  mark_read: "U",
  mute: "M",
  unmute: "M",
  hide: "H",
  archive: "E",
  unarchive: "E",
  folders: "F",
  clear: "C",
  clear_all: "D",
};

/** What a conversation offers now, in the order of menus. */
export function actionsFor(c: Conversation): readonly ChatAction[] {
  return [
    c.pinned_ms > 0 ? "unpin" : "pin",
    isUnread(c) ? "mark_read" : "mark_unread",
    c.muted ? "unmute" : "mute",
    "hide",
    c.archived ? "unarchive" : "archive",
    "folders",
    ...(c.empty ? [] : (["clear"] as const)),
    ...(c.empty || !c.clear_for_all ? [] : (["clear_all"] as const)),
  ];
}

/** Whether it takes messages away for good. */
export const destroys = (action: ChatAction): boolean =>
  action === "clear" || action === "clear_all";

/** What a key means for a conversation. */
export const actionOf = (c: Conversation, key: string): ChatAction | undefined =>
  actionsFor(c).find((a) => keyOf[a] === key.toUpperCase());

/** Whether the list shows a conversation as unread. */
export const isUnread = (c: Conversation) => c.unread > 0 || c.marked_unread;

/** Does it. What takes the conversation out of sight closes it too. */
export async function perform(app: AppState, c: Conversation, action: ChatAction): Promise<void> {
  const close = () => {
    if (app.navigation.getSnapshot().conversationId === c.id) app.navigation.back();
  };
  switch (action) {
    case "pin":
    case "unpin":
      return app.conversations.update(c.id, { pinned: action === "pin" });
    case "mute":
    case "unmute":
      return app.conversations.update(c.id, { muted: action === "mute" });
    case "mark_read":
      return app.messages(c.id).markRead(c.last_seq);
    case "mark_unread":
      close(); // Else it would be read again at once.
      return app.conversations.update(c.id, { marked_unread: true });
    case "hide":
      close();
      return app.conversations.update(c.id, { hidden: true });
    case "archive":
      close();
      return app.conversations.update(c.id, { archived: true });
    case "unarchive":
      return app.conversations.update(c.id, { archived: false });
    case "folders":
      app.folders.open(c.id);
      return;
    case "clear":
    case "clear_all":
      app.clearing.ask({ conversation: c, forAll: action === "clear_all" });
      return;
    default:
      action satisfies never;
  }
}
