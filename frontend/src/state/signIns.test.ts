import { beforeEach, expect, test, vi } from "vitest";
import type { Device, LinkClaim } from "../bridge/types";
import { SignInsStore } from "./signIns";

const device = (id: string, name: string): Device => ({
  id,
  name,
  platform: "linux",
  address: "127.0.0.1",
  created_ms: 1,
  active_ms: 1,
  current: false,
});
const claim: LinkClaim = {
  id: "l1",
  name: "Phone",
  platform: "linux",
  address: "127.0.0.1",
  asked_ms: 1,
  lives_ms: 60_000,
};

let signIns: SignInsStore;
beforeEach(() => {
  signIns = new SignInsStore();
  return () => void vi.useRealTimers();
});
const told = () => signIns.getSnapshot().map((d) => d.id);

test("sign-ins are told newest first, until they are seen to", () => {
  signIns.tell(device("d1", "Phone"));
  signIns.tell(device("d2", "Tablet"));
  expect(told()).toEqual(["d2", "d1"]);
  signIns.dismiss("d2");
  expect(told()).toEqual(["d1"]);
  signIns.clear();
  expect(told()).toEqual([]);
});

test("who was let in from here is no news, once", () => {
  signIns.expect(claim);
  signIns.tell(device("d1", "Tablet"));
  signIns.tell(device("d2", "Phone"));
  expect(told()).toEqual(["d1"]);
  signIns.tell(device("d3", "Phone"));
  expect(told()).toEqual(["d3", "d1"]);
});

test("an answer that failed, or came to nothing in time, hides no sign-in", () => {
  signIns.expect(claim)();
  signIns.tell(device("d1", "Phone"));
  vi.useFakeTimers();
  signIns.expect(claim);
  vi.advanceTimersByTime(claim.lives_ms);
  signIns.tell(device("d2", "Phone"));
  expect(told()).toEqual(["d2", "d1"]);
});
