import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "@playwright/test";
import { expectAccessible } from "./harness/axe";
import { befriend, messages, openFirst, say } from "./harness/friends";
import { expect, test } from "./harness/people";
import type { Person } from "./harness/person";
import { password } from "./harness/person";
import { shots } from "./harness/shots";

const passphrase = "七颗星星 and a horse";

/** Backs up from the settings; where the file is. */
async function backUp({ page }: Person): Promise<string> {
  await page.getByRole("button", { name: "Back up…" }).click();
  await page.getByLabel("Passphrase", { exact: true }).fill(passphrase);
  await page.getByLabel("Passphrase again").fill(passphrase);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Back up", exact: true }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^MyChat Ana Lin \d{4}-\d\d-\d\d\.mychatbackup$/);
  await expect(page.getByText(/^Backed up; the browser keeps/)).toBeVisible();
  await expect(page.getByText(/Last made: \d\d:\d\d\./)).toBeVisible();
  const kept = path.join(
    tmpdir(),
    `mychat-e2e-${Date.now()}-${Math.random().toString(36).slice(2)}.mychatbackup`,
  );
  await file.saveAs(kept);
  return kept;
}

/** Chooses a backup in the dialog and types a passphrase. */
async function choose(page: Page, file: string, word = passphrase) {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose file" }).click();
  await (await chooser).setFiles(file);
  await page.getByLabel("Passphrase", { exact: true }).fill(word);
  await page.getByRole("button", { name: "Open", exact: true }).click();
}

test("a backup brings the history to another machine, and adds what a machine lacks", async ({
  people,
  person,
}) => {
  test.slow(); // Each passphrase takes a second on purpose, and pictures may be taken.
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await say(ana, "kept in the backup");
  await say(ana, "第二句");
  await ana.server.stop();
  await expect(ana.page.getByText(/No connection to/).first()).toBeVisible();
  await say(ana, "still waits");
  await ana.settings("Storage");
  await expect(ana.page.getByText(/None made yet/)).toBeVisible();

  // What the passphrase has to be.
  await ana.page.getByRole("button", { name: "Back up…" }).click();
  const dialog = ana.page.getByRole("dialog", { name: "Back up this account" });
  await expect(dialog).toContainText("Without the passphrase nobody can open the backup");
  await ana.page.getByLabel("Passphrase", { exact: true }).fill("short");
  await expect(dialog.getByText("Too short")).toBeVisible();
  await ana.page.getByRole("button", { name: "Back up", exact: true }).click();
  await expect(dialog.getByText("Use at least 8 characters.")).toBeVisible();
  await ana.page.getByLabel("Passphrase", { exact: true }).fill(passphrase);
  await ana.page.getByLabel("Passphrase again").fill("something else entirely");
  await expect(dialog.getByText("The two passphrases differ")).toBeVisible();
  await expectAccessible(ana.page);
  await ana.page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  const file = await backUp(ana);
  const sealed = readFileSync(file);
  for (const said of ["kept in the backup", "第二句", "Ana Lin"]) {
    expect(sealed.includes(said)).toBe(false);
  }

  // Another machine, where nobody ever signed in, while the server is away.
  const other = await person({ username: "ana_lin", nickname: "Ana Lin" });
  const { page } = other;
  await page.getByRole("button", { name: "Restore from a backup" }).click();
  const picture = path.join(tmpdir(), `mychat-e2e-${Date.now()}.png`);
  writeFileSync(picture, "no backup at all");
  await choose(page, picture);
  await expect(page.getByText(/This file is no MyChat backup/)).toBeVisible();
  await page.getByRole("button", { name: "Change" }).click();
  await choose(page, file, "not the passphrase");
  await expect(page.getByText(/This passphrase does not open the backup/)).toBeVisible();
  await page.getByLabel("Passphrase", { exact: true }).fill(passphrase);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Ana Lin")).toBeVisible();
  await expect(page.getByText(/Signing in opens it/)).toBeVisible();
  await expectAccessible(page);
  await shots(page, "restore-contents");
  await page.getByRole("button", { name: "Restore", exact: true }).click();
  await expect(page.getByText(/3 messages were added|2 messages were added/)).toBeVisible();
  await expect(page.getByText(/1 message was not sent when the backup was made/)).toBeVisible();
  await shots(page, "restore-done");
  await page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Ana Lin" })).toBeVisible();

  // The original sends what waited; the other machine shows it once, in its place.
  await ana.server.restart();
  await ana.page
    .getByRole("button", { name: /^Messages/ })
    .first()
    .click();
  await openFirst(bo);
  // A server that was away for a while is asked again after a pause.
  await expect(messages(bo).filter({ hasText: "still waits" })).toHaveCount(1, { timeout: 90_000 });
  await page.getByPlaceholder("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await other.signedIn();
  await openFirst(other);
  await expect(messages(other).filter({ hasText: "kept in the backup" })).toBeVisible();
  await expect(messages(other).filter({ hasText: "第二句" })).toBeVisible();
  await expect(messages(other).filter({ hasText: "still waits" })).toHaveCount(1);
  await expect(page.getByRole("button", { name: /Not sent/ })).toHaveCount(0);
  await say(other, "from the other machine");
  await expect(messages(bo).filter({ hasText: "from the other machine" })).toHaveCount(1);
  await expect(messages(bo).filter({ hasText: "still waits" })).toHaveCount(1);

  // Over what is there: nothing changes, and it says so.
  await other.settings("Storage");
  await page.getByRole("button", { name: "Restore…" }).click();
  await choose(page, file);
  await expect(page.getByText(/This computer has data of this account/)).toBeVisible();
  await page.getByRole("button", { name: "Restore", exact: true }).click();
  await expect(page.getByText(/Everything in the backup was here already/)).toBeVisible();
  await page.getByRole("button", { name: "Got it" }).click();

  // Nothing of it lies about.
  for (const { host } of [ana, other]) {
    const left = readdirSync(host.folder, { recursive: true, encoding: "utf8" })
      .filter((f) => statSync(path.join(host.folder, f)).isFile())
      .filter((f) => f.startsWith("restore") || f.includes("account-backup"));
    expect(left).toEqual([]);
  }
});

test("the screens of backing up and restoring", async ({ people }) => {
  test.slow();
  const { ana } = people;
  const { page } = ana;
  await ana.settings("Storage");
  await page.getByRole("button", { name: "Back up…" }).click();
  await page.getByLabel("Passphrase", { exact: true }).fill("blue horse");
  await shots(page, "backup-dialog", { everywhere: true });
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Restore…" }).click();
  await shots(page, "restore-choose");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await ana.accountMenu("Sign out");
  await page.getByRole("button", { name: "Sign out" }).last().click();
  await expect(page.getByRole("button", { name: "Restore from a backup" })).toBeVisible();
  await shots(page, "signin-restore", { everywhere: true });
});
