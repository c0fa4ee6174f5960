import { expectAccessible } from "./harness/axe";
import { befriend, messages, openFirst, say } from "./harness/friends";
import { expect, test } from "./harness/people";
import { folder, shots } from "./harness/shots";

if (folder) test.setTimeout(400_000); // Pictures take their time.

test("a history is cleared for one, then deleted for both", async ({ people }) => {
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  await say(ana, "a word between us");
  await expect(messages(bo).filter({ hasText: "a word between us" })).toBeVisible();

  const menu = async (name: string) => {
    await ana.page.locator("[data-region=header]").getByRole("button", { name: "More" }).click();
    await ana.page.getByRole("menuitem", { name }).click();
  };
  await menu("Clear history for me");
  const dialog = ana.page.getByRole("alertdialog");
  await expect(dialog.getByText(/keeps it, and new messages come as before/)).toBeVisible();
  await expectAccessible(ana.page);
  await shots(ana.page, "clear-for-me");
  await dialog.getByRole("button", { name: "Clear for me" }).click();
  await expect(ana.page.getByText("a word between us")).toHaveCount(0);
  await expect(messages(bo).filter({ hasText: "a word between us" })).toBeVisible();

  await say(bo, "one more word");
  await expect(messages(ana).filter({ hasText: "one more word" })).toBeVisible();
  await menu("Delete history for both");
  await shots(ana.page, "clear-for-both");
  await dialog.getByRole("button", { name: "Delete for both" }).click();
  await expect(
    ana.page.getByText(/You deleted the earlier history for yourself/).first(),
  ).toBeVisible();
  await expect(bo.page.getByText(/Ana Lin deleted the earlier history/).first()).toBeVisible();
  await expect(bo.page.getByText("one more word")).toHaveCount(0);
  await expect(bo.page.getByText("a word between us")).toHaveCount(0);
  await expectAccessible(bo.page);
  await shots(bo.page, "cleared-for-both");
});
