import { Store } from "./store";

/** The users who are writing, by conversation id. A hint ends by itself. */
export class TypingStore extends Store<ReadonlyMap<string, readonly string[]>> {
  #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor() {
    super(new Map());
  }

  /** Shows a hint until `untilMs` by this machine's clock; 0 ends it. */
  apply(conversationId: string, userId: string, untilMs: number) {
    const key = `${conversationId}/${userId}`;
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    const left = untilMs - Date.now();
    this.#show(conversationId, userId, left > 0);
    if (left <= 0) return;
    const end = () => {
      this.#timers.delete(key);
      this.#show(conversationId, userId, false);
    };
    this.#timers.set(key, setTimeout(end, left));
  }

  clear() {
    this.#timers.forEach((timer) => clearTimeout(timer));
    this.#timers.clear();
    this.set(new Map());
  }

  #show(conversationId: string, userId: string, on: boolean) {
    const now = this.getSnapshot();
    const users = now.get(conversationId) ?? [];
    if (users.includes(userId) === on) return;
    const next = on ? [...users, userId] : users.filter((u) => u !== userId);
    this.set(new Map(now).set(conversationId, next));
  }
}
