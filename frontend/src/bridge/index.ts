// The only way out of the page: calls to Go, events from Go, and what the host
// around the page can do. Nothing else touches wailsjs, window.go or the network.
import { BridgeError } from "./error";
import { Feed } from "./feed";
import type { Delivery } from "./feed";
import { safeLink } from "./link";
import type { Host, Transport } from "./transport";
import type { Args, Backlog, Method, Result, Struct } from "./types";

/** A call that has no answer after this long is given up, in milliseconds. */
const timeoutMs = 30_000;

export type Bridge = {
  /** Calls one method of a bound struct. Rejects with a BridgeError. */
  call: <S extends Struct, M extends Method<S>>(
    struct: S,
    method: M,
    ...args: Args<S, M>
  ) => Promise<Result<S, M>>;
  /** Hears events in order, from a reset on, until the returned function is called. */
  onEvents: (listener: (d: Delivery) => void) => () => void;
  host: Omit<Host, "openLink">;
  /** Opens a link outside the page; false if its scheme is not allowed. */
  openLink: (text: string) => boolean;
};

/** A Bridge over a transport. */
export function createBridge(transport: Transport): Bridge {
  const invoke = async (struct: string, method: string, args: unknown[]) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new BridgeError("timeout", `${struct}.${method}`)),
        timeoutMs,
      );
    });
    try {
      return await Promise.race([transport.invoke(struct, method, args), late]);
    } catch (cause) {
      throw BridgeError.from(cause);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    host: transport.host,
    call: (async (struct, method, ...args) => invoke(struct, method, args)) as Bridge["call"],
    openLink(text) {
      const url = safeLink(text);
      if (url) transport.host.openLink(url);
      return url !== null;
    },
    onEvents(listener) {
      const feed = new Feed(
        (seq) => invoke("Events", "Since", [{ seq }]) as Promise<Backlog>,
        listener,
      );
      const stop = transport.listen(
        () => feed.last,
        (batch) => feed.push(batch),
        () => {
          listener({ kind: "host", there: true });
          feed.catchUp();
        },
        () => listener({ kind: "host", there: false }),
      );
      feed.catchUp();
      return () => {
        stop();
        feed.stop();
      };
    },
  };
}
