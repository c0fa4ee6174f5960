import { expect, test } from "vitest";
import { createBridge } from "../bridge";
import type { Scheduled } from "../bridge/types";
import { FakeTransport } from "../testing/fakeTransport";
import { ScheduledStore } from "./scheduled";

const one = (id: string, error_code = ""): Scheduled => ({
  id,
  conversation_id: "c1",
  kind: "text",
  text: id,
  ref_seq: 0,
  silent: false,
  at_ms: 1,
  waiting: false,
  error_code,
});

test("what fails while the page is there is told once, what had failed before is not", async () => {
  const transport = new FakeTransport();
  const store = new ScheduledStore(createBridge(transport));
  const told: string[] = [];
  store.failures.listen((m) => told.push(m.id));
  let list = [one("a"), one("b", "not_friend")];
  transport.on("Chat.Scheduled", () => list);
  await store.load();
  list = [one("a", "not_friend"), one("b", "not_friend"), one("c")];
  await store.load();
  await store.load();
  expect(told).toEqual(["a"]);
  expect(store.getSnapshot()).toHaveLength(3);
});
