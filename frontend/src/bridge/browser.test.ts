import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { browserTransport } from "./browser";
import { BridgeError } from "./error";
import type { BridgeEvent } from "./types";

const base = "http://127.0.0.1:4242/t0ken/";

/** The browser's WebSocket, which is the network here. */
class Socket {
  static all: Socket[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((m: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  closed = false;

  constructor(readonly url: URL) {
    Socket.all.push(this);
  }
  close() {
    this.closed = true;
    this.onclose?.();
  }
}

beforeEach(() => {
  Socket.all = [];
  vi.stubGlobal("WebSocket", Socket);
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const answer = (status: number, body: string) =>
  vi.stubGlobal(
    "fetch",
    vi.fn(() => Promise.resolve(new Response(body, { status }))),
  );

test("a call is a POST below the page's own path, with its arguments as an array", async () => {
  answer(200, '{"theme":"dark"}');
  const got = await browserTransport(base).invoke("Settings", "Get", []);
  expect(got).toEqual({ theme: "dark" });
  const [url, init] = vi.mocked(fetch).mock.calls[0] ?? [];
  expect(url instanceof URL && url.href).toBe("http://127.0.0.1:4242/t0ken/call/Settings/Get");
  expect(init).toMatchObject({ method: "POST", body: "[]" });
});

test("a refusal, a result of nothing and a program that is gone are told apart", async () => {
  const transport = browserTransport(base);
  answer(422, '{"code":"taken","field":"username"}');
  const refused = await transport.invoke("Auth", "Register", [{}]).catch(BridgeError.from);
  expect(refused).toMatchObject({ code: "taken", field: "username" });
  answer(200, "null");
  expect(await transport.invoke("Auth", "Leave", [{}])).toBeNull();
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  const gone = await transport.invoke("Auth", "State", []).catch(BridgeError.from);
  expect(gone).toMatchObject({ code: "gone" });
});

test("events come by socket, which comes back with the last one heard", () => {
  const heard: BridgeEvent[] = [];
  const opened = vi.fn();
  const lost = vi.fn();
  let last = 0;
  const stop = browserTransport(base).listen(
    () => last,
    (batch) => heard.push(...batch),
    opened,
    lost,
  );
  const first = Socket.all[0];
  expect(String(first?.url)).toBe("ws://127.0.0.1:4242/t0ken/events?since=0");
  first?.onopen?.();
  first?.onmessage?.({ data: '[{"seq":1,"kind":"contacts"}]' });
  expect(heard).toEqual([{ seq: 1, kind: "contacts" }]);
  last = 1;

  first?.onclose?.();
  vi.advanceTimersByTime(250);
  expect(String(Socket.all[1]?.url)).toContain("since=1");
  Socket.all[1]?.onopen?.();
  expect(opened).toHaveBeenCalledTimes(2);
  expect(lost).not.toHaveBeenCalled();

  stop();
  vi.advanceTimersByTime(60_000);
  expect(Socket.all).toHaveLength(2);
  expect(Socket.all[1]?.closed).toBe(true);
});

test("a program that does not come back is reported once, and found again", () => {
  const opened = vi.fn();
  const lost = vi.fn();
  browserTransport(base).listen(() => 0, vi.fn(), opened, lost);
  for (let i = 0; i < 5; i++) {
    Socket.all.at(-1)?.onclose?.();
    vi.advanceTimersByTime(5_000);
  }
  expect(lost).toHaveBeenCalledTimes(1);
  Socket.all.at(-1)?.onopen?.();
  expect(opened).toHaveBeenCalledTimes(1);
});

test("a notice shows with permission only, replaces its conversation's older one, and a click acts", () => {
  const shown: {
    title: string;
    options: NotificationOptions;
    onclick?: () => void;
    close: () => void;
  }[] = [];
  const make = (permission: NotificationPermission) =>
    class {
      static permission = permission;
      static requestPermission = () => Promise.resolve("granted" as const);
      onclick?: () => void;
      constructor(
        readonly title: string,
        readonly options: NotificationOptions,
      ) {
        shown.push(this);
      }
      close = vi.fn();
    };
  const { host } = browserTransport(base);
  const notice = { conversation_id: "c1", message_id: "u2/1", title: "Ana", body: "hi" };
  const click = vi.fn();
  vi.stubGlobal("Notification", make("default"));
  host.showNotice(notice, click);
  expect(shown).toEqual([]);
  vi.stubGlobal("Notification", make("granted"));
  vi.stubGlobal("focus", vi.fn());
  host.showNotice(notice, click);
  expect(shown).toMatchObject([{ title: "Ana", options: { body: "hi", tag: "c1" } }]);
  shown[0]?.onclick?.();
  expect(click).toHaveBeenCalledOnce();

  host.showNotice({ ...notice, message_id: "u2/2" }, click);
  host.closeNotices(["u2/3", "u2/2"]);
  expect(shown[1]?.close).toHaveBeenCalledOnce();
});
