import { expect, test } from "vitest";
import { message } from "../../testing/fakeTransport";
import { transcript } from "./transcript";

const words = {
  t: (key: string) => key,
  time: (ms: number) => `at ${ms}`,
  mine: "Ana",
  theirs: "Ben",
} as unknown as Parameters<typeof transcript>[1];

test("one message is its words, several say who and when", () => {
  const a = message(1, { text: "hi\nthere" });
  const b = message(2, { text: "hello", mine: true });
  expect(transcript([a], words)).toBe("hi\nthere");
  expect(transcript([a, b], words)).toBe("Ben  at 1000\nhi\nthere\n\nAna  at 2000\nhello");
});
