import { expectAccessible } from "./harness/axe";
import { point } from "./harness/camera";
import { call } from "./harness/friends";
import { expect, test } from "./harness/people";
import { password } from "./harness/person";
import type { Person } from "./harness/person";
import { folder, shots } from "./harness/shots";

if (folder) test.setTimeout(400_000); // Pictures take their time.

/** Types the code that `from` shows into the dialog of `to`, and goes on to who asks. */
async function enterCode(from: Person, to: Person) {
  const code = (await from.page.getByTestId("link-code").innerText()).replace(/\W/g, "");
  await to.page.getByLabel("Code").fill(code.toLowerCase());
  await to.page.getByRole("button", { name: "Next" }).click();
}

test("a signed-in device lets a new one in, without a password", async ({ people, person }) => {
  const { ana } = people;
  const tablet = await person({ username: "ana_lin", nickname: "Ana Lin" });
  await tablet.page.getByRole("button", { name: "Sign in with another device" }).click();
  await expect(tablet.page.getByRole("img", { name: /QR code/ })).toBeVisible();
  await expectAccessible(tablet.page);
  await shots(tablet.page, "link-code", { everywhere: true });

  await ana.accountMenu("Link a device");
  await shots(ana.page, "link-enter");
  await ana.page.getByLabel("Code").fill("22222222");
  await ana.page.getByRole("button", { name: "Next" }).click();
  await expect(ana.page.getByText(/No device shows this code/)).toBeVisible();
  await expectAccessible(ana.page);

  // One that is refused learns it, and may try again.
  await enterCode(tablet, ana);
  await expect(ana.page.getByRole("heading", { name: /^Sign .* in\?$/ })).toBeVisible();
  await expect(ana.page.getByText(/127\.0\.0\.1/)).toBeVisible();
  await expect(tablet.page.getByText("Now confirm on the other device")).toBeVisible();
  await expect(tablet.page.getByText("ana_lin")).toBeVisible();
  await expectAccessible(ana.page);
  await expectAccessible(tablet.page);
  await ana.page.getByRole("button", { name: "Refuse" }).click();
  await expect(tablet.page.getByText(/did not confirm/)).toBeVisible();
  await tablet.page.getByRole("button", { name: "Show a new code" }).click();

  await ana.settings("Account");
  await ana.page.getByRole("button", { name: "Link…" }).click();
  await enterCode(tablet, ana);
  await ana.page.getByRole("button", { name: "Sign it in" }).click();
  await tablet.signedIn();
  await expect(tablet.page.getByRole("button", { name: "Ana Lin, account menu" })).toBeVisible();
  // Who let it in here need not be asked whether that was them.
  await expect(ana.page.getByRole("dialog", { name: /is signed in$/ })).toBeVisible();
  await expect(ana.page.getByText(/Was it you\?/)).toHaveCount(0);
});

test("a camera reads the code from the new device's screen", async ({ people, person }) => {
  const { ana } = people;
  const { page } = ana;
  const tablet = await person({ username: "ana_lin", nickname: "Ana Lin" });
  await tablet.page.getByRole("button", { name: "Sign in with another device" }).click();
  const code = tablet.page.getByRole("img", { name: /QR code/ });
  await expect(code).toBeVisible();

  await point();
  await ana.accountMenu("Link a device");
  const scan = page.getByRole("button", { name: "Scan the QR code" });
  await scan.click();
  await expect(page.getByRole("alert")).toContainText("may not use the camera");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Type the code" }).click();
  await expect(page.getByLabel("Code")).toBeVisible();

  await page.context().grantPermissions(["camera"]);
  await scan.click();
  await expect(page.getByLabel("What the camera sees")).toHaveJSProperty("paused", false);
  await shots(page, "link-scan");
  await page.getByRole("button", { name: "Type the code" }).click();
  await point(code);
  await scan.click();
  await expect(page.getByRole("heading", { name: /^Sign .* in\?$/ })).toBeVisible();
  await expect(page.getByText(/Linux · MyChat .* · 127\.0\.0\.1/)).toBeVisible();
  await page.getByRole("button", { name: "Sign it in" }).click();
  await tablet.signedIn();

  // In the list it can be told from the others, and is there now.
  await ana.settings("Account");
  await expect(page.getByText(/^Active now · Linux · /)).toBeVisible();
  await shots(page, "devices");
});

test("who is signed out from afar is told why, and keeps or deletes what is stored", async ({
  people,
  person,
}) => {
  const { ana } = people;
  const signIn = async (name: string) => {
    const other = await person({ username: "ana_lin", nickname: name });
    await call(other, "Auth", "SignIn", {
      server: other.server.url,
      username: "ana_lin",
      password,
      remember: true,
      auto: false,
    });
    await other.signedIn();
    return other;
  };
  const end = async (wipe: boolean) => {
    await ana.settings("Account");
    await ana.page
      .getByRole("button", { name: /^Sign out .+/ })
      .first()
      .click();
    const dialog = ana.page.getByRole("alertdialog");
    if (wipe) await dialog.getByRole("checkbox", { name: /delete MyChat’s data there/ }).check();
    if (wipe) await shots(ana.page, "device-end");
    await dialog.getByRole("button", { name: "Sign out" }).click();
    await expect(dialog).toBeHidden();
  };
  const other = await signIn("Ana");
  await end(false);
  await expect(other.page.getByText(/signed this device out/)).toBeVisible();
  await expect(other.page.getByText(/is kept; signing in again/)).toBeVisible();
  await expectAccessible(other.page);
  await shots(other.page, "ended-kept");
  await other.page.getByRole("button", { name: "Delete local data" }).click();
  await expectAccessible(other.page);
  await shots(other.page, "ended-delete");
  await other.page
    .getByRole("alertdialog")
    .getByRole("button", { name: "Delete local data" })
    .click();
  await expect(other.page.getByRole("heading", { name: "Sign in to a server" })).toBeVisible();

  const third = await signIn("Ana");
  await end(true);
  await expect(third.page.getByText(/stored on this machine is deleted/)).toBeVisible();
  await shots(third.page, "ended-wiped");
  await third.page.getByRole("button", { name: "Got it" }).click();
  await expect(third.page.getByRole("heading", { name: "Sign in to a server" })).toBeVisible();
});
