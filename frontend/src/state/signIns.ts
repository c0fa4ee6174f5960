import type { Device, LinkClaim } from "../bridge/types";
import { Store } from "./store";

/** Devices on which the account just signed in elsewhere, newest first, until the user has seen to them. */
export class SignInsStore extends Store<readonly Device[]> {
  #expected: { claim: LinkClaim; until: number }[] = [];

  constructor() {
    super([]);
  }

  /**
   * The user lets this device in from here and need not be asked about it: for one
   * sign-in, while its claim lives. The returned function takes that back.
   */
  expect(claim: LinkClaim): () => void {
    const one = { claim, until: Date.now() + claim.lives_ms };
    this.#expected.push(one);
    return () => {
      this.#expected = this.#expected.filter((e) => e !== one);
    };
  }

  /** The account signed in on a device. */
  tell(device: Device) {
    const now = Date.now();
    const of = this.#expected.find(
      ({ claim, until }) =>
        until > now && claim.name === device.name && claim.platform === device.platform,
    );
    if (of) {
      this.#expected = this.#expected.filter((e) => e !== of);
      return;
    }
    this.set([device, ...this.getSnapshot().filter((d) => d.id !== device.id)]);
  }

  /** The user has seen to it. */
  dismiss(id: string) {
    this.set(this.getSnapshot().filter((d) => d.id !== id));
  }

  clear() {
    this.#expected = [];
    this.set([]);
  }
}
