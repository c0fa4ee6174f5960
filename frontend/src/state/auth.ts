import type { Bridge } from "../bridge";
import type { Account, AuthState, Ending, Proxy, ServerCheck } from "../bridge/types";
import { Store } from "./store";

export type SignIn = {
  server: string;
  username: string;
  password: string;
  remember: boolean;
  auto: boolean;
};
export type Register = SignIn & { nickname: string; invite: string };

export type AuthSnapshot = {
  /** Undefined until the first answer. */
  state: AuthState | undefined;
};

/** Who is on this machine and who is signed in. */
export class AuthStore extends Store<AuthSnapshot> {
  #generation = 0;
  #autoDone = false;

  /** `opening` readies an account's data; it is waited for before the account shows. */
  constructor(
    private readonly bridge: Bridge,
    private readonly opening: (account: Account) => Promise<void>,
  ) {
    super({ state: undefined });
  }

  /** Asks for the state again. */
  async load() {
    const generation = ++this.#generation;
    const state = await this.bridge.call("Auth", "State");
    const late = () => generation !== this.#generation; // A later load answers.
    if (late()) return;
    if (state.phase === "open" && state.account.id !== this.account?.id) {
      await this.opening(state.account);
      if (late()) return;
    }
    this.set({ state });
  }

  /** The open account, or null. */
  get account(): Account | null {
    const { state } = this.getSnapshot();
    return state?.phase === "open" ? state.account : null;
  }

  /** The account to open by itself at the start; "" once that happened or the user said no. */
  get autoId(): string {
    return this.#autoDone ? "" : (this.getSnapshot().state?.auto_id ?? "");
  }

  /** Opens no account by itself any more. */
  dropAuto() {
    this.#autoDone = true;
  }

  /** Looks at a server; with a proxy, tries that instead of the kept one. */
  checkServer(server: string, proxy?: Proxy): Promise<ServerCheck> {
    return this.bridge.call("Auth", "CheckServer", proxy ? { server, proxy } : { server });
  }

  /** Pins a certificate that the user compared. */
  trust(server: string, fingerprint: string) {
    return this.bridge.call("Auth", "TrustServer", { server, fingerprint });
  }

  async signIn(r: SignIn) {
    this.#autoDone = true;
    await this.bridge.call("Auth", "SignIn", r);
    await this.load();
  }

  /** The account was opened by the word of another device. */
  async signedIn() {
    this.#autoDone = true;
    await this.load();
  }

  /** The user has read why an account was signed out. */
  async told({ account }: Ending) {
    await this.bridge.call("Auth", "Told", { server: account.server, user_id: account.user_id });
    await this.load();
  }

  async register(r: Register) {
    this.#autoDone = true;
    await this.bridge.call("Auth", "Register", r);
    await this.load();
  }

  /** Opens a remembered account, or with remember off for the last time; never waits for the network. */
  async open(accountId: string, { remember, auto }: Pick<SignIn, "remember" | "auto">) {
    this.#autoDone = true;
    await this.bridge.call("Auth", "Open", { account_id: accountId, remember, auto });
    await this.load();
  }

  /** Closes the open account; with signOut, ends this device's session too. */
  async leave(signOut: boolean, deleteData: boolean) {
    await this.bridge.call("Auth", "Leave", { sign_out: signOut, delete_data: deleteData });
    await this.load();
  }

  /** Forgets a remembered account. */
  async remove(accountId: string, deleteData: boolean) {
    await this.bridge.call("Auth", "Remove", { account_id: accountId, delete_data: deleteData });
    await this.load();
  }

  async setProxy(proxy: Proxy) {
    await this.bridge.call("Auth", "SetProxy", proxy);
    await this.load();
  }
}
