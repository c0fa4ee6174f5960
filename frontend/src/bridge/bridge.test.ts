import { expect, test, vi } from "vitest";
import { FakeTransport } from "../testing/fakeTransport";
import { BridgeError } from "./error";
import { createBridge } from "./index";
import { safeLink } from "./link";

test("a refusal crosses as its code, from an object and from JSON text", async () => {
  const transport = new FakeTransport();
  const bridge = createBridge(transport);
  const refused = { code: "rate_limited", message: "m", retry_after_ms: 4_000 };
  transport.on("Auth.Open", () => Promise.reject(refused));
  const first = await bridge
    .call("Auth", "Open", { account_id: "a", remember: true, auto: false })
    .catch(BridgeError.from);
  expect(first).toMatchObject({ code: "rate_limited", retryAfterMs: 4_000 });
  transport.on("Auth.Open", () => Promise.reject(JSON.stringify(refused)));
  const second = await bridge
    .call("Auth", "Open", { account_id: "a", remember: true, auto: false })
    .catch(BridgeError.from);
  expect(second).toMatchObject({ code: "rate_limited", retryAfterMs: 4_000 });
});

test("what is no bridge error becomes internal", () => {
  expect(BridgeError.from(new TypeError("x"))).toMatchObject({ code: "internal", message: "x" });
  expect(BridgeError.from("not json")).toMatchObject({ code: "internal" });
  expect(BridgeError.from(null)).toMatchObject({ code: "internal" });
});

test("a call without an answer is given up after 30 seconds", async () => {
  vi.useFakeTimers();
  const transport = new FakeTransport();
  transport.on("Settings.Devices", () => new Promise(() => undefined));
  const call = createBridge(transport).call("Settings", "Devices").catch(BridgeError.from);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await call).toMatchObject({ code: "timeout" });
  vi.useRealTimers();
});

test.each([
  ["https://a.example/x?y=1#z", "https://a.example/x?y=1#z"],
  ["http://a.example", "http://a.example/"],
  ["mailto:a@b.example", "mailto:a@b.example"],
  ["HTTPS://A.example", "https://a.example/"],
  ["javascript:alert(1)", null],
  ["  javascript:alert(1)", null],
  ["java\nscript:alert(1)", null],
  ["file:///etc/passwd", null],
  ["data:text/html,x", null],
  ["mychat://x", null],
  ["www.a.example", null],
  ["", null],
])("the link %j may be opened as %j", (text, want) => {
  expect(safeLink(text)).toBe(want);
  const transport = new FakeTransport();
  expect(createBridge(transport).openLink(text)).toBe(want !== null);
  expect(transport.opened).toEqual(want === null ? [] : [want]);
});
