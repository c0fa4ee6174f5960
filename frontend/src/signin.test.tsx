import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, expect, test, vi } from "vitest";
import { App } from "./App";
import { createBridge } from "./bridge";
import type { AuthState } from "./bridge/types";
import { AppState } from "./state/app";
import { applyEvents } from "./state/apply";
import { FakeTransport, account, signedOut } from "./testing/fakeTransport";

const fingerprint = "AB".repeat(32);
const refuse = (error: object) => () => Promise.reject(error);
const info = (registration: string) => ({
  server: "https://chat.example",
  info: {
    product: "mychat",
    name: "Example",
    version: "1",
    protocol: 1,
    min_protocol: 1,
    registration,
  },
});

let stop = () => {};

/** The whole page over a transport that a test answers. */
function start(state: Partial<AuthState>, prepare?: (t: FakeTransport) => void) {
  const transport = new FakeTransport();
  transport.on("Auth.State", () => ({ ...signedOut, ...state }));
  transport.on("Auth.CheckServer", () => info("open"));
  prepare?.(transport);
  const user = userEvent.setup({ delay: null });
  const app = new AppState(createBridge(transport));
  stop = applyEvents(app);
  render(<App app={app} />);
  return { transport, user };
}

/** From now on an account is open. */
function opens(transport: FakeTransport, id = "a") {
  transport.on("Auth.State", () => ({ ...signedOut, phase: "open", account: account(id) }));
}

const signInButton = () => screen.findByRole("button", { name: "Sign in" });
const shell = () => screen.findByRole("button", { name: /account menu/ });

async function expectAccessible() {
  // jsdom has no colours and no page around the root; e2e checks both.
  const results = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  expect(results.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`)).toEqual(
    [],
  );
}

afterEach(() => {
  stop();
  vi.useRealTimers();
  localStorage.clear();
});

async function fillOther(user: ReturnType<typeof userEvent.setup>, password = "long enough") {
  await user.type(await screen.findByLabelText("Username"), "user_a");
  await user.type(screen.getByLabelText("Password"), password);
}

test("a new account on this machine: server, name and password are sent as typed", async () => {
  const { transport, user } = start({});
  await fillOther(user);
  await expectAccessible();
  await user.click(screen.getByRole("checkbox", { name: "Auto sign-in" }));
  transport.on("Auth.SignIn", () => opens(transport));
  await user.click(await signInButton());
  await shell();
  expect(transport.requests("Auth.SignIn")).toEqual([
    {
      server: "https://chat.example",
      username: "user_a",
      password: "long enough",
      remember: true,
      auto: true,
    },
  ]);
});

test("what is missing is said at its field, and nothing is sent", async () => {
  const { transport, user } = start({ server: "" });
  await user.click(await signInButton());
  expect(screen.getByText("Type the address of your server.")).toBeTruthy();
  expect(screen.getByText("Type your username.")).toBeTruthy();
  expect(screen.getByText("Type your password.")).toBeTruthy();
  expect(transport.requests("Auth.SignIn")).toEqual([]);
});

test("remembering and signing in by itself go together the right way round", async () => {
  const { user } = start({});
  const remember = await screen.findByRole("checkbox", { name: "Remember me" });
  const auto = screen.getByRole("checkbox", { name: "Auto sign-in" });
  await user.click(remember);
  expect(remember.getAttribute("aria-checked")).toBe("false");
  await user.click(auto);
  expect(remember.getAttribute("aria-checked")).toBe("true");
  await user.click(remember);
  expect(auto.getAttribute("aria-checked")).toBe("false");
});

test.each([
  ["unreachable", "Server", /does not answer/],
  ["not_mychat", "Server", /no MyChat server/],
  ["certificate_expired", "Server", /has expired/],
  ["bad_credentials", "Password", /Username or password is wrong/],
])("%s is said at the field %s", async (code, field, sentence) => {
  const { user } = start({}, (t) => t.on("Auth.SignIn", refuse({ code })));
  await fillOther(user);
  await user.click(await signInButton());
  expect(await screen.findByText(sentence)).toBeTruthy();
  expect(screen.getByLabelText(field).getAttribute("aria-invalid")).toBe("true");
});

test("too many tries count down until the next is allowed", async () => {
  const { transport, user } = start({}, (t) =>
    t.on("Auth.SignIn", refuse({ code: "rate_limited", retry_after_ms: 3_000 })),
  );
  await fillOther(user);
  vi.useFakeTimers({ shouldAdvanceTime: true });
  await user.click(await signInButton());
  const wait = await screen.findByRole("button", { name: /Try again in \d s/ });
  expect(wait).toHaveProperty("disabled", true);
  await user.type(screen.getByLabelText("Password"), "{Enter}");
  expect(transport.requests("Auth.SignIn")).toHaveLength(1);
  vi.advanceTimersByTime(3_500);
  expect(await signInButton()).toHaveProperty("disabled", false);
});

test("an unknown certificate is shown in groups, pinned after a yes, and the sign-in goes on", async () => {
  const { transport, user } = start({}, (t) =>
    t.on("Auth.SignIn", refuse({ code: "certificate_unknown", fingerprint })),
  );
  await fillOther(user);
  await user.click(await signInButton());
  const dialog = await screen.findByRole("alertdialog");
  expect(within(dialog).getAllByText("ABAB")).toHaveLength(16);
  await expectAccessible();
  transport.on("Auth.TrustServer", () => undefined);
  transport.on("Auth.SignIn", () => opens(transport));
  await user.click(within(dialog).getByRole("button", { name: "It matches, trust it" }));
  await shell();
  expect(transport.requests("Auth.TrustServer")).toEqual([
    { server: "https://chat.example", fingerprint },
  ]);
  expect(transport.requests("Auth.SignIn")).toHaveLength(2);
});

test("a changed certificate is a danger, and the safe answer has the focus", async () => {
  const { transport, user } = start({}, (t) =>
    t.on("Auth.SignIn", refuse({ code: "certificate_changed", fingerprint })),
  );
  await fillOther(user);
  await user.click(await signInButton());
  await screen.findByRole("alertdialog", { name: /has changed/ });
  const leave = screen.getByRole("button", { name: "Do not connect" });
  await waitFor(() => expect(document.activeElement).toBe(leave));
  await user.click(leave);
  expect(transport.requests("Auth.TrustServer")).toEqual([]);
  expect(transport.requests("Auth.SignIn")).toHaveLength(1);
});

const two = [account("a"), account("b")];

test("a remembered account opens with its kept token", async () => {
  const { transport, user } = start({ accounts: two });
  await screen.findByRole("heading", { name: "Nick a" });
  await expectAccessible();
  transport.on("Auth.Open", () => opens(transport));
  await user.click(await signInButton());
  await shell();
  expect(transport.requests("Auth.Open")).toEqual([
    { account_id: "a", remember: true, auto: false },
  ]);
});

test("a remembered account that should be forgotten opens for the last time", async () => {
  const { transport, user } = start({ accounts: two });
  transport.on("Auth.Open", () => opens(transport));
  await user.click(await screen.findByRole("checkbox", { name: "Remember me" }));
  await user.click(await signInButton());
  await shell();
  expect(transport.requests("Auth.Open")).toEqual([
    { account_id: "a", remember: false, auto: false },
  ]);
});

test("the pictures lead to the other accounts", async () => {
  const { user } = start({ accounts: two });
  await user.click(await screen.findByRole("button", { name: "Switch to Nick b" }));
  expect(screen.getByRole("heading", { name: "Nick b" })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Previous account" }));
  expect(screen.getByRole("heading", { name: "Nick a" })).toBeTruthy();
});

test("without an answer from its server, a remembered account offers its history", async () => {
  const { user, transport } = start({ accounts: two }, (t) =>
    t.on("Auth.CheckServer", refuse({ code: "unreachable" })),
  );
  transport.on("Auth.Open", () => opens(transport));
  await user.click(await screen.findByRole("button", { name: "Open history offline" }));
  await shell();
});

test("removing an account asks about its data", async () => {
  const { transport, user } = start({ accounts: two });
  await user.click(await screen.findByRole("button", { name: "Show remembered accounts" }));
  await user.click(await screen.findByRole("button", { name: "Remove Nick a from this machine" }));
  const dialog = await screen.findByRole("alertdialog");
  await user.click(within(dialog).getByRole("checkbox"));
  transport.on("Auth.Remove", () => {
    transport.on("Auth.State", () => ({ ...signedOut, accounts: [account("b")] }));
  });
  await user.click(within(dialog).getByRole("button", { name: "Remove" }));
  await screen.findByRole("heading", { name: "Nick b" });
  expect(transport.requests("Auth.Remove")).toEqual([{ account_id: "a", delete_data: true }]);
});

const automatic = { accounts: [account("a", { auto: true }), account("b")], auto_id: "a" };

test("automatic sign-in opens the account after three seconds", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const { transport } = start(automatic);
  transport.on("Auth.Open", () => opens(transport));
  await screen.findByText(/Signing in in [23] s/);
  vi.advanceTimersByTime(2_000);
  expect(transport.requests("Auth.Open")).toEqual([]);
  vi.advanceTimersByTime(1_500);
  await shell();
  expect(transport.requests("Auth.Open")).toEqual([
    { account_id: "a", remember: true, auto: true },
  ]);
});

test("automatic sign-in can be cancelled, or become another account", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const { transport, user } = start(automatic);
  await user.click(await screen.findByRole("button", { name: "Switch account" }));
  expect(screen.getByRole("heading", { name: "Nick b" })).toBeTruthy();
  vi.advanceTimersByTime(10_000);
  expect(transport.requests("Auth.Open")).toEqual([]);
});

async function toRegister(policy: string) {
  const started = start({}, (t) => t.on("Auth.CheckServer", () => info(policy)));
  await started.user.click(await screen.findByRole("button", { name: "Create account" }));
  return started;
}

test("a server that takes nobody says so, and whom to ask", async () => {
  await toRegister("closed");
  expect(await screen.findByText("This server takes no new accounts")).toBeTruthy();
  expect(screen.queryByLabelText("Nickname")).toBeNull();
});

test("an invitation code is asked for only where the server wants one", async () => {
  await toRegister("open");
  expect(await screen.findByLabelText("Nickname")).toBeTruthy();
  expect(screen.queryByLabelText("Invitation code")).toBeNull();
});

test("with an invitation, the account is made and what is wrong is said at its field", async () => {
  const { transport, user } = await toRegister("invite");
  await user.type(await screen.findByLabelText("Nickname"), "周以宁");
  await user.type(screen.getByLabelText("Username"), "yining");
  await user.type(screen.getByLabelText("Password"), "correct horse");
  await user.type(screen.getByLabelText("Password again"), "correct horse");
  await user.type(screen.getByLabelText("Invitation code"), " K7 ");
  await expectAccessible();
  transport.on("Auth.Register", refuse({ code: "invite" }));
  await user.click(screen.getByRole("button", { name: "Create account" }));
  expect(await screen.findByText(/invitation code is not valid/)).toBeTruthy();
  transport.on("Auth.Register", () => opens(transport));
  await user.click(screen.getByRole("button", { name: "Create account" }));
  await shell();
  expect(transport.requests("Auth.Register").at(-1)).toEqual({
    server: "https://chat.example",
    username: "yining",
    nickname: "周以宁",
    password: "correct horse",
    invite: "K7",
    remember: true,
    auto: false,
  });
});

test("why an account closed by itself is said above the form", async () => {
  const { transport } = start({ phase: "open", account: account("a") });
  await shell();
  const ending = {
    account: account("a"),
    reason: "signed_out",
    by: "Pixel",
    at_ms: 1,
    wiped: false,
  };
  transport.on("Auth.State", () => ({ ...signedOut, accounts: two, endings: [ending] }));
  transport.emit({ kind: "auth" });
  expect(await screen.findByText(/Pixel signed this device out/)).toBeTruthy();
});

test("a missing keyring is told once", async () => {
  const { user, transport } = start({ secrets_in_file: true });
  transport.on("Settings.Change", () => undefined);
  await user.click(await screen.findByRole("button", { name: "Got it" }));
  expect(screen.queryByText(/has no keyring/)).toBeNull();
  expect(transport.requests("Settings.Change")).toMatchObject([
    { names: ["secrets_told"], settings: { secrets_told: true } },
  ]);
});
