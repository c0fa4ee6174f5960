import { writeFileSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { expectAccessible } from "./harness/axe";
import { befriend, call, composer, messages, openFirst, say } from "./harness/friends";
import { expect, test } from "./harness/people";
import { shots } from "./harness/shots";

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
