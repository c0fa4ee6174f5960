import { expectAccessible } from "./harness/axe";
import { expect, test } from "./harness/people";
import { password } from "./harness/person";
import { shots } from "./harness/shots";

test("two people register, and each sees their own window", async ({ person }) => {
  const ana = await person({ username: "ana_lin", nickname: "Ana Lin" });
  await expect(ana.page.getByRole("heading", { name: "Sign in to a server" })).toBeVisible();
  await expectAccessible(ana.page);
  await shots(ana.page, "sign-in-first");
  await ana.register();
  await expectAccessible(ana.page);
  await shots(ana.page, "window-new");

  const bo = await person({ username: "bo_chen", nickname: "陈博" });
  await bo.register();
  await expect(bo.page.getByRole("button", { name: "陈博, account menu" })).toBeVisible();
});

test("a name that is taken, a password that differs and rules are said at their field", async ({
  people,
  person,
}) => {
  const { ana } = people;
  const eve = await person({ username: "eve_one", nickname: "Eve" });
  const { page } = eve;
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Create account" })).toBeVisible();
  await page.getByLabel("Username").fill("a b");
  await expect(page.getByText("Only letters a–z, digits and underscores")).toBeVisible();
  await page.getByLabel("Nickname").fill("Eve");
  await page.getByLabel("Username").fill(ana.identity.username.toUpperCase());
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByLabel("Password again").fill(`${password}!`);
  await expect(page.getByText("The two passwords differ")).toBeVisible();
  await expectAccessible(page);
  await shots(page, "register");
  await page.getByLabel("Password again").fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("This username is taken. Choose another.")).toBeVisible();
  await expect(page.getByLabel("Username")).toHaveAttribute("aria-invalid", "true");
});

test("signing out ends the session, and a password brings it back", async ({ people }) => {
  const { ana } = people;
  const { page } = ana;
  await ana.accountMenu("Sign out");
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await expectAccessible(page);
  await shots(page, "sign-out");
  await page.getByRole("alertdialog").getByRole("button", { name: "Sign out" }).click();

  await expect(page.getByText("ana_lin")).toBeVisible();
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByText("The password is wrong.")).toBeVisible();
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await ana.signedIn();
});

test("a remembered account opens without a password, offline too", async ({ people }) => {
  const { ana, bo } = people;
  await ana.accountMenu("Switch account");
  await expect(ana.page.getByText("Ana Lin", { exact: true })).toBeVisible();
  await expectAccessible(ana.page);
  await shots(ana.page, "sign-in-remembered");
  await ana.page.getByRole("button", { name: "Sign in", exact: true }).click();
  await ana.signedIn();

  await bo.accountMenu("Switch account");
  await bo.server.stop();
  await bo.restart();
  const open = bo.page.getByRole("button", { name: "Open history offline" });
  await expect(open).toBeVisible();
  await shots(bo.page, "sign-in-offline");
  await open.click();
  await bo.signedIn();
  await bo.page.getByRole("button", { name: /^Contacts/ }).click();
  await expect(bo.page.getByText(/No connection to/)).toBeVisible();
  await expectAccessible(bo.page);
  await shots(bo.page, "window-offline");
});

test("an account is no longer remembered without its password", async ({ people }) => {
  const { page } = people.ana;
  await people.ana.accountMenu("Switch account");
  await page.getByRole("checkbox", { name: "Remember me" }).uncheck();
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await people.ana.signedIn();
  await people.ana.accountMenu("Switch account");
  await expect(page.getByRole("checkbox", { name: "Remember me" })).not.toBeChecked();
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByText("Type your password.")).toBeVisible();
});

test("automatic sign-in waits, and can be cancelled", async ({ people }) => {
  const { ana } = people;
  const { page } = ana;
  await ana.accountMenu("Switch account");
  await page.getByRole("checkbox", { name: "Auto sign-in" }).check();
  await expect(page.getByRole("checkbox", { name: "Remember me" })).toBeChecked();
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await ana.signedIn();

  await ana.restart();
  await expect(page.getByText(/Signing in in \d s/)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("checkbox", { name: "Auto sign-in" })).toBeChecked();

  await ana.restart();
  await expect(page.getByText(/Signing in in \d s/)).toBeVisible();
  await shots(page, "sign-in-auto");
  await ana.signedIn();
});

test("an account is removed from the machine, with its data if the user wants that", async ({
  people,
}) => {
  const { page } = people.ana;
  await people.ana.accountMenu("Switch account");
  await page.getByRole("button", { name: "Show remembered accounts" }).click();
  await shots(page, "sign-in-accounts");
  await page.getByRole("button", { name: "Remove Ana Lin from this machine" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByRole("checkbox", { name: "Delete its local messages too" }).check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to a server" })).toBeVisible();
});

test("a server that is none is named at its field, and the dialog tests it", async ({ person }) => {
  const { page, server } = await person({ username: "ana_lin", nickname: "Ana" });
  await page.getByLabel("Server", { exact: true }).fill("127.0.0.1:1");
  await page.getByLabel("Username").fill("ana_lin");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByText(/The server does not answer/)).toBeVisible();
  await expect(page.getByLabel("Server", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await shots(page, "sign-in-unreachable");

  await page.getByRole("button", { name: "Server and proxy" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Server address").fill(server.url);
  await dialog.getByRole("button", { name: "Test" }).click();
  await expect(dialog.getByText(/answers \(version/)).toBeVisible();
  await dialog.getByRole("radio", { name: "SOCKS5" }).click();
  await dialog.getByLabel("Proxy address").fill("127.0.0.1");
  await dialog.getByRole("button", { name: "Test" }).click();
  await expect(dialog.getByText(/Type the proxy as host:port/)).toBeVisible();
  await expectAccessible(page);
  await shots(page, "server-dialog");
  await dialog.getByRole("radio", { name: "None" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByLabel("Server", { exact: true })).toHaveValue(server.url);
});
