/** Selecting messages, forwarding them, and records of them. */
export const forward = {
  "message.select": "Select",
  "message.forward": "Forward",
  "message.forwarded": "Forwarded from {name}",

  "select.label": "Selected messages",
  "select.count": { one: "{count} message selected", other: "{count} messages selected" },
  "select.too_many": "Forward at most {count} messages at once",
  "select.end": "Stop selecting",
  "select.forward": "Forward one by one",
  "select.forward_one": "Forward",
  "select.merge": "Forward as one",

  "forward.title": { one: "Forward {count} message", other: "Forward {count} messages" },
  "forward.search": "Search by name",
  "forward.people": "Conversations",
  "forward.chosen": "Chosen",
  "forward.remove": "Do not send to {name}",
  "forward.none": "Nobody by that name",
  "forward.how": "How to forward",
  "forward.more": { one: "and {count} more", other: "and {count} more" },
  "forward.note": "Add your own words",
  "forward.send": "Forward",
  "forward.send_to": { one: "Forward to {count}", other: "Forward to {count}" },
  "forward.done": {
    one: "Forwarded to {count} conversation",
    other: "Forwarded to {count} conversations",
  },
  "forward.gone": "A message was recalled meanwhile. Select again.",
  "forward.too_large": "Together they are too large. Select fewer messages.",

  "record.title_one": "Messages of {name}",
  "record.title_two": "Chat of {first} and {second}",
  "record.title_more": "Chat of {first}, {second} and others ({count})",
  "record.line": "{name}: {text}",
  "record.count": { one: "{count} message", other: "{count} messages" },
  "record.open": "Open",
} as const;
