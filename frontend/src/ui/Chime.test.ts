import { expect, test } from "vitest";
import { Chime } from "./Chime";
import type { Audio } from "./Chime";

/** The boundary to the machine's sound: notes what was played, allows it or not. */
function fakeAudio(state: AudioContextState) {
  const played: { pitch: number; at: number }[] = [];
  const tones: { onended: (() => void) | null }[] = [];
  let allow: () => void = () => undefined;
  const parameter = () => ({ setValueAtTime: () => {}, exponentialRampToValueAtTime: () => {} });
  const audio = {
    state,
    currentTime: 5,
    destination: {},
    resume: () =>
      new Promise<void>((resolve) => {
        allow = () => {
          audio.state = "running";
          resolve();
        };
      }),
    suspend: () => {
      audio.state = "suspended";
      return Promise.resolve();
    },
    createGain: () => ({ gain: parameter(), connect: () => {} }),
    createOscillator: () => {
      const note = { pitch: 0, at: 0 };
      const tone = {
        type: "",
        onended: null,
        frequency: { setValueAtTime: (pitch: number) => void (note.pitch = pitch) },
        connect: () => {},
        start: (at: number) => {
          note.at = at;
          played.push(note);
        },
        stop: () => {},
      };
      tones.push(tone);
      return tone;
    },
  };
  return { audio: audio as unknown as Audio, played, tones, allow: () => allow() };
}

test("two notes sound, one after the other, and then the device may sleep", async () => {
  const { audio, played, tones } = fakeAudio("running");
  await new Chime(
    () => audio,
    () => 0,
  ).play();
  expect(played.map((n) => n.at)).toEqual([5, 5.13]);
  expect(new Set(played.map((n) => n.pitch)).size).toBe(2);
  expect(audio.state).toBe("running");
  tones.at(-1)?.onended?.();
  expect(audio.state).toBe("suspended");
});

test("many notices at once make one sound, and a later one another", async () => {
  const { audio, played } = fakeAudio("running");
  let now = 10_000;
  const chime = new Chime(
    () => audio,
    () => now,
  );
  await Promise.all([chime.play(), chime.play()]);
  now += 1_999;
  await chime.play();
  expect(played).toHaveLength(2);
  now += 1;
  await chime.play();
  expect(played).toHaveLength(4);
});

test("what the browser holds back until a click does not sound with that click", async () => {
  const { audio, played, allow } = fakeAudio("suspended");
  let now = 0;
  const chime = new Chime(
    () => audio,
    () => now,
  );
  const held = chime.play();
  now = 30_000;
  allow();
  await held;
  expect(played).toHaveLength(0);
  const next = chime.play();
  allow();
  await next;
  expect(played).toHaveLength(2);
});

test("a click opens the sound without a sound", async () => {
  const { audio, played, allow } = fakeAudio("suspended");
  const chime = new Chime(
    () => audio,
    () => 0,
  );
  const clicked = chime.unlock();
  allow();
  await clicked;
  expect(played).toHaveLength(0);
  expect(audio.state).toBe("suspended");
});

test("a machine without sound is silent", async () => {
  const chime = new Chime(() => {
    throw new DOMException("no device", "NotSupportedError");
  });
  await expect(chime.unlock()).resolves.toBeUndefined();
  await expect(chime.play()).resolves.toBeUndefined();
});
