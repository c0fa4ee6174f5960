import type { Conversation, Message } from "../../bridge/types";

/** Messages by one person within this time fold into one run, in milliseconds. */
const foldMs = 5 * 60_000;

/** What the line under an own message says of it. */
export type Delivery = "queued" | "sending" | "sent" | "delivered" | "read" | "failed";

/** One message as the list draws it: a pure function of its neighbours. */
export type Row = {
  message: Message;
  /** A date stands above it. */
  day: boolean;
  /** The line of new messages stands above it. */
  unread: boolean;
  /** It begins a run: it has the avatar and the time. */
  head: boolean;
  /** It ends a run: own messages have their state under it. */
  tail: boolean;
};

export type RowOptions = {
  /** The first row is the conversation's first message, so its date is known to begin there. */
  fromStart: boolean;
  /** The line of new messages stands above the first message by others after this seq; null for none. */
  unreadAfter: number | null;
};

/**
 * How the messages of a conversation stand under each other. A row that is as it
 * was is the same object as before, so that nothing is drawn again for it.
 */
export function rowsOf(messages: readonly Message[], options: RowOptions): Row[] {
  const { fromStart } = options;
  const first = firstUnread(messages, options);
  const rows = messages.map((message, i): Row => {
    const before = messages[i - 1];
    const day = before ? !sameDay(before.created_ms, message.created_ms) : fromStart;
    const unread = i === first;
    const head = !before || day || unread || !folds(before, message);
    return { message, day, unread, head, tail: true };
  });
  return rows.map((row, i) => same({ ...row, tail: rows[i + 1]?.head ?? true }));
}

const made = new WeakMap<Message, Row>();

function same(row: Row): Row {
  const old = made.get(row.message);
  if (
    old?.day === row.day &&
    old.unread === row.unread &&
    old.head === row.head &&
    old.tail === row.tail
  ) {
    return old;
  }
  made.set(row.message, row);
  return row;
}

/** The index of the message that the line of new messages stands above, or -1. */
export function firstUnread(messages: readonly Message[], { fromStart, unreadAfter }: RowOptions) {
  if (unreadAfter === null) return -1;
  // Where the window begins later, that message may stand above it.
  if (!fromStart && (messages[0]?.seq ?? 0) > unreadAfter + 1) return -1;
  return messages.findIndex((m) => m.seq > unreadAfter && !m.mine && !isLine(m));
}

/** Whether a message stands as a line between the others: it belongs to no run. */
const isLine = (m: Message) => ["friended", "recall", "pin", "clear"].includes(m.kind);

function folds(a: Message, b: Message): boolean {
  return (
    a.sender === b.sender &&
    !isLine(a) &&
    !isLine(b) &&
    Math.abs(b.created_ms - a.created_ms) < foldMs
  );
}

/** Whether two times fall on the same local day. */
export function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

type Positions = Pick<Conversation, "peer_read_seq" | "peer_delivered_seq">;

/** What is known of an own message: its own state, and from "sent" on the peer's positions. */
export function deliveryOf(m: Pick<Message, "status" | "seq">, at: Positions): Delivery {
  if (m.status !== "sent") return m.status;
  if (m.seq <= at.peer_read_seq) return "read";
  return m.seq <= at.peer_delivered_seq ? "delivered" : "sent";
}

/** How many of the messages wait in the outbox, and how many were refused. */
export function countUnsent(messages: readonly Message[]): { waiting: number; failed: number } {
  let waiting = 0;
  let failed = 0;
  for (let i = messages.length - 1; i >= 0; i--) {
    const m = messages[i];
    if (!m || m.status === "sent") break; // Unsent messages sort last.
    if (m.status === "failed") failed++;
    else waiting++;
  }
  return { waiting, failed };
}
