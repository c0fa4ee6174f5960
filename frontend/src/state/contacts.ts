import type { Bridge } from "../bridge";
import type { Asked, Contact, FriendRequest, UserCard } from "../bridge/types";
import { Coalesce } from "./coalesce";
import { Store } from "./store";

export type ContactsSnapshot = {
  /** Friends and former ones. Undefined until the first answer. */
  contacts: readonly Contact[] | undefined;
  byUser: ReadonlyMap<string, Contact>;
  /** Both directions, newest first. */
  requests: readonly FriendRequest[];
};

const empty: ContactsSnapshot = { contacts: undefined, byUser: new Map(), requests: [] };

/** The address book and the friend requests. */
export class ContactsStore extends Store<ContactsSnapshot> {
  #generation = 0;
  readonly #changed = new Coalesce(() => this.load());

  constructor(private readonly bridge: Bridge) {
    super(empty);
  }

  /** Asks for both lists again, once for a burst of events. */
  refresh() {
    this.#changed.add(["all"]);
  }

  async load() {
    const generation = ++this.#generation;
    const [contacts, requests] = await Promise.all([
      this.bridge.call("Friends", "List"),
      this.bridge.call("Friends", "Requests"),
    ]);
    if (generation !== this.#generation) return; // A later load answers.
    this.set({ contacts, byUser: new Map(contacts.map((c) => [c.profile.id, c])), requests });
  }

  clear() {
    this.#generation++;
    this.set(empty);
  }

  /** Asks the server for people. */
  search(query: string): Promise<UserCard[]> {
    return this.bridge.call("Friends", "Search", { query });
  }

  async ask(userId: string, message: string): Promise<Asked> {
    const asked = await this.bridge.call("Friends", "Ask", { user_id: userId, message });
    await this.load();
    return asked;
  }

  async answer(requestId: string, answer: "accept" | "refuse" | "ignore") {
    await this.bridge.call("Friends", "Answer", { request_id: requestId, answer });
    await this.load();
  }

  /** Ends a friendship. */
  async remove(userId: string) {
    await this.bridge.call("Friends", "Remove", { user_id: userId });
    await this.load();
  }

  async setRemark(userId: string, remark: string) {
    await this.bridge.call("Friends", "SetRemark", { user_id: userId, remark });
    await this.load();
  }
}

/** How many requests wait for this user's answer. */
export const waitingRequests = (requests: readonly FriendRequest[], userId: string) =>
  requests.filter((r) => r.state === "pending" && r.to.id === userId).length;

/** What the user calls somebody: the remark if there is one, else the nickname. */
export const nameOf = (contact: Pick<Contact, "remark" | "profile">) =>
  contact.remark || contact.profile.nickname;
