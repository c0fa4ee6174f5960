/** What only the user marks of messages. */
export const marks = {
  "star.on": "Star",
  "star.off": "Remove star",
  "star.mark": "Starred",
  "star.title": "Starred messages",
  "star.close": "Close",
  "star.show": "Show",
  "star.everywhere": "All conversations",
  "star.with": "With {name}",
  "star.open": "Show in conversation",
  "star.none_title": "Nothing is starred",
  "star.none_text":
    "Give a message a star in its menu, or with S. You find it here on all of your devices.",
  "star.not_here": "This message is not on this device yet",
  "star.reading": "Not all of them are here yet",
  "star.private": "Only you see your stars",
  "star.failed": "The starred messages did not load",
  "star.done": { one: "{count} message starred", other: "{count} messages starred" },
  "star.undone": {
    one: "The star of {count} message was removed",
    other: "The stars of {count} messages were removed",
  },
  "delete.open": "Delete for me",
  "delete.title": {
    one: "Delete this message for you?",
    other: "Delete {count} messages for you?",
  },
  "delete.text":
    "It disappears from all of your devices and does not come back. The other side keeps it.",
  "delete.text_mine":
    "It disappears from all of your devices and does not come back. The other side keeps it: to take back what you sent, recall it.",
  "delete.confirm": "Delete for me",
  "delete.done": {
    one: "{count} message deleted for you",
    other: "{count} messages deleted for you",
  },
  "quote.deleted": "You deleted the message",
  "keys.delete": "Delete for me",
  "keys.star": "Star, or remove the star",
  "keys.starred": "Starred messages",
} as const;
