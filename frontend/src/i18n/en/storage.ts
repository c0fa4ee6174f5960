export const storage = {
  "storage.title": "Storage",
  "storage.used": "used on this machine",
  "storage.used_free": "used on this machine, {free} free on the disk",
  "storage.messages": "Messages and search",
  "storage.copy": "Last good copy",
  "storage.aside": "Damaged files, kept",
  "storage.compact": "Compact",
  "storage.compact_title": "Room that is not used",
  "storage.compact_hint": "Gives it back to the disk; takes a moment with much history",
  "storage.compacted": "Compacted",
  "storage.folder": "This account's folder",
  "storage.copy_row": "Good copy",
  "storage.copy_made":
    "Made {when}. It takes the place of this account's data should that be damaged.",
  "storage.copy_never": "None yet. One is made each day when nothing else happens.",
  "storage.copy_no_room": "Left out: the disk has too little room.",
  "storage.copy_too_large": "Left out: this account's data is too large for a second copy.",
  "storage.history": "History",
  "storage.history_progress": "History: {here} of {total} messages",
  "storage.history_row": "Messages on this machine",
  "storage.history_whole": "All {total} that the server holds",
  "storage.history_part": "{here} of {total} that the server holds",
  "storage.history_paused": "{here} of {total}; older ones are fetched where you open them",
  "storage.pause": "Pause",
  "storage.continue": "Continue",
  "storage.healed_search":
    "The search index was damaged and is being made anew. Your messages are untouched.",
  "storage.healed_copy":
    "This account's data was damaged. The copy of {when} took its place; the server brings the rest. What you had not sent yet is kept.",
  "storage.healed_fresh":
    "This account's data was damaged. The server brings it again. What you had not sent yet is kept.",
  "storage.ok": "OK",
} as const;
