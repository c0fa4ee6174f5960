/** The part of Web Audio that a chime needs. */
export type Audio = Pick<
  AudioContext,
  "state" | "currentTime" | "destination" | "resume" | "suspend" | "createOscillator" | "createGain"
>;

/** The two notes: pitch in hertz, start and length in seconds. */
const notes = [
  { pitch: 659.26, start: 0, length: 0.45 },
  { pitch: 880, start: 0.13, length: 0.7 },
] as const;

/** How loud a note gets; 1 is as loud as the system allows. */
const loudness = 0.09;
/** A chime within this time after another one is left out, in milliseconds. */
const pauseMs = 2_000;
/** What could not sound within this time is no news any more, in milliseconds. */
const lateMs = 1_000;

/**
 * A short sound of two soft notes, made here: there is no file to load. Where
 * the browser allows no sound yet, or the machine has none, it is silent.
 */
export class Chime {
  #audio: Audio | undefined;
  #last = -Infinity;

  constructor(
    private readonly open: () => Audio = () => new AudioContext(),
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Gets the right to sound later. Call it from a click or a key press: WebKit
   * wants to see one where the sound is opened, others anywhere before.
   */
  async unlock(): Promise<void> {
    try {
      const audio = (this.#audio ??= this.open());
      await audio.resume();
      if (this.now() - this.#last > pauseMs) await audio.suspend();
    } catch {
      // No sound here.
    }
  }

  /** Sounds, at most every two seconds. Resolves once the notes are on their way, or will not be. */
  async play(): Promise<void> {
    const asked = this.now();
    if (asked - this.#last < pauseMs) return;
    this.#last = asked;
    try {
      const audio = (this.#audio ??= this.open());
      // Before the first click on the page this waits for that click.
      if (audio.state !== "running") await audio.resume();
      if (this.now() - asked > lateMs) return await audio.suspend();
      notes.forEach((note, i) => {
        const ended = sound(audio, note);
        // Between chimes the machine's sound device may sleep.
        if (i === notes.length - 1) ended.onended = () => void audio.suspend().catch(() => {});
      });
    } catch {
      // No sound here: the notice itself was shown.
    }
  }
}

/** Plays a note that begins softly and dies away, as a struck bar does. */
function sound(audio: Audio, { pitch, start, length }: (typeof notes)[number]) {
  const from = audio.currentTime + start;
  const volume = audio.createGain();
  volume.gain.setValueAtTime(0.0001, from);
  volume.gain.exponentialRampToValueAtTime(loudness, from + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0001, from + length);
  volume.connect(audio.destination);
  const tone = audio.createOscillator();
  tone.type = "sine";
  tone.frequency.setValueAtTime(pitch, from);
  tone.connect(volume);
  tone.start(from);
  tone.stop(from + length);
  return tone;
}
