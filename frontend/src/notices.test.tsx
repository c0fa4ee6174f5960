import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { App } from "./App";
import { createBridge } from "./bridge";
import type { Settings } from "./bridge/types";
import { AppState } from "./state/app";
import { applyEvents } from "./state/apply";
import { account, FakeTransport, settings, signedOut } from "./testing/fakeTransport";

let stop = () => {};
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

/** The page of an open account, on a machine whose sound is noted. */
async function start(over: Partial<Settings>) {
  const tones = { started: 0 };
  const node = () => ({ connect: () => {}, start: () => (tones.started += 1), stop: () => {} });
  const parameter = { setValueAtTime: () => {}, exponentialRampToValueAtTime: () => {} };
  class Sound {
    state = "running";
    currentTime = 0;
    resume = () => Promise.resolve();
    suspend = () => Promise.resolve();
    createGain = () => ({ ...node(), gain: parameter });
    createOscillator = () => ({ ...node(), frequency: parameter });
  }
  vi.stubGlobal("AudioContext", Sound);
  const transport = new FakeTransport();
  transport.on("Settings.Get", () => ({ ...settings, ...over }));
  transport.on("Auth.State", () => ({ ...signedOut, phase: "open", account: account("a") }));
  const app = new AppState(createBridge(transport));
  stop = applyEvents(app);
  render(<App app={app} />);
  await userEvent.click(await screen.findByRole("button", { name: /account menu/ }));
  const shown: string[] = [];
  transport.host.showNotice = (notice) => void shown.push(notice.title);
  transport.emit({
    kind: "notice",
    notice: { conversation_id: "c1", message_id: "u2/1", title: "Bo", body: "Hello" },
  });
  await vi.waitFor(() => expect(shown).toEqual(["Bo"]));
  return tones;
}

test("a notice is heard", async () => {
  const tones = await start({});
  await vi.waitFor(() => expect(tones.started).toBe(2));
});

test("a user who wants no sound hears none", async () => {
  const tones = await start({ sound: false });
  await Promise.resolve();
  expect(tones.started).toBe(0);
});
