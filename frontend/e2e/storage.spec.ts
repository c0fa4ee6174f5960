import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expectAccessible } from "./harness/axe";
import { befriend, call, composer, messages, openFirst, say } from "./harness/friends";
import { expect, test } from "./harness/people";
import { folder as pictures, shots } from "./harness/shots";

test("an account whose file was damaged opens with what was not sent, and says so", async ({
  people,
}) => {
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await say(ana, "sent before");
  await ana.server.stop();
  await expect(ana.page.getByText(/No connection to/).first()).toBeVisible();
  await say(ana, "not sent yet");

  await ana.host.stop();
  const [account] = readdirSync(path.join(ana.host.folder, "accounts"));
  const file = path.join(ana.host.folder, "accounts", account ?? "", "account.db");
  writeFileSync(file, readFileSync(file).fill(0, 0, 4096));
  await ana.restart();
  await ana.page.getByRole("button", { name: "Open history offline" }).click();
  await ana.signedIn();
  const told = ana.page.getByText(/This account's data was damaged/);
  await expect(told).toBeVisible();
  await openFirst(ana);
  await expect(messages(ana).filter({ hasText: "not sent yet" })).toBeVisible();
  await expect(composer(ana)).toBeVisible();
  await shots(ana.page, "storage-healed");
  await ana.page.getByRole("button", { name: "OK", exact: true }).click();
  await expect(told).toBeHidden();
  await ana.page.reload();
  await ana.signedIn();
  await expect(told).toBeHidden();
});

test("the storage page tells sizes and pauses history", async ({ people }) => {
  const { ana } = people;
  const { page } = ana;
  await ana.settings("Storage");
  await expect(page.getByText("used on this machine", { exact: false })).toBeVisible();
  await expect(page.getByText(/Messages and search/)).toBeVisible();
  await expectAccessible(page);

  // A device that is far from having everything.
  await page.route("**/call/Storage/State", async (route) => {
    const answer = await route.fetch();
    const state = (await answer.json()) as { history: { here: number; total: number } };
    state.history = { ...state.history, here: 42_000, total: 100_000 };
    await route.fulfill({ response: answer, json: state });
  });
  await page.reload();
  await ana.signedIn();
  await page.getByRole("button", { name: "History: 42,000 of 100,000 messages" }).click();
  await expect(page.getByText("42,000 of 100,000 that the server holds")).toBeVisible();
  await shots(page, "storage", { everywhere: true });
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText(/older ones are fetched where you open them/)).toBeVisible();
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await expect
    .poll(() => call<{ history: { paused: boolean } }>(ana, "Storage", "State"))
    .toMatchObject({ history: { paused: false } });
  await page.getByRole("button", { name: "Compact" }).click();
  await expect(page.getByText("Compacted")).toBeVisible();
});

test("everything is exported to pages that a browser opens", async ({ people, browser }) => {
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await say(ana, "<b>bold & brave</b>");
  await say(ana, "第二句");
  await ana.settings("Storage");
  const download = ana.page.waitForEvent("download");
  await ana.page.getByRole("button", { name: "Export", exact: true }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^MyChat history \d{4}-\d\d-\d\d\.zip$/);
  await expect(ana.page.getByText(/^Exported/)).toBeVisible();

  const folder = mkdtempSync(path.join(tmpdir(), "mychat-e2e-export-"));
  execFileSync("python3", ["-m", "zipfile", "-e", await file.path(), folder]);
  const [root] = readdirSync(folder);
  const context = await browser.newContext();
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on("console", (m) => trouble.push(m.text()));
  page.on("pageerror", (e) => trouble.push(e.message));
  await page.goto(`file://${path.join(folder, root ?? "", "index.html")}`);
  await page.getByRole("link", { name: /陈博/ }).click();
  await expect(page.getByRole("heading", { name: "陈博" })).toBeVisible();
  await expect(page.getByText("<b>bold & brave</b>")).toBeVisible();
  await expect(page.getByText("第二句")).toBeVisible();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    if (pictures) await page.screenshot({ path: path.join(pictures, `export-${colorScheme}.png`) });
  }
  expect(trouble).toEqual([]);
  await context.close();
  rmSync(folder, { recursive: true, force: true });

  // One conversation, from its menu.
  await ana.page
    .getByRole("button", { name: /^Messages/ })
    .first()
    .click();
  await ana.page.getByRole("button", { name: "More", exact: true }).click();
  const second = ana.page.waitForEvent("download");
  await ana.page.getByRole("menuitem", { name: "Export" }).click();
  expect((await second).suggestedFilename()).toContain("陈博");
});
