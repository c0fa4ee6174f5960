import type { FriendRequest, RequestState } from "../../bridge/types";

export type Direction = "received" | "sent";

/** Requests as the page shows them: those that wait for an answer first. */
export type Requests = {
  waiting: FriendRequest[];
  answered: FriendRequest[];
  sent: FriendRequest[];
};

/** Sorts requests into their sections, each newest first. */
export function sortRequests(
  requests: readonly FriendRequest[],
  userId: string,
  now: number,
): Requests {
  const out: Requests = { waiting: [], answered: [], sent: [] };
  for (const r of [...requests].sort((a, b) => b.created_ms - a.created_ms)) {
    if (r.from.id === userId) out.sent.push(r);
    else if (stateOf(r, now) === "pending") out.waiting.push(r);
    else out.answered.push(r);
  }
  return out;
}

/** A request's state; one that nobody answered in time is expired before the server says so. */
export const stateOf = (r: FriendRequest, now: number): RequestState =>
  r.state === "pending" && r.expires_ms <= now ? "expired" : r.state;

const dayMs = 86_400_000;

/** Clocks differ by seconds: a week and a moment is a week. */
const slackMs = 10 * 60_000;

/** Whole days, rounded up: what "in N days" means. */
export const daysUntil = (ms: number): number => Math.max(1, Math.ceil((ms - slackMs) / dayMs));
