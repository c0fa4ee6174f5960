import { expectAccessible } from "./harness/axe";
import { befriend, messages, openFirst, row, say } from "./harness/friends";
import { expect, test } from "./harness/people";
import { shots } from "./harness/shots";

test("emoji are put to a message and taken away, by pointer and by key, for both", async ({
  people,
}) => {
  test.slow();
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  await say(bo, "Shall we meet at three?");
  const theirs = messages(ana).last();
  const own = messages(bo).last();
  await expect(theirs).toContainText("three");

  // The menu's row of emoji.
  await theirs.click({ button: "right" });
  await expect(ana.page.getByRole("menuitem", { name: "React with 👍" })).toBeVisible();
  await shots(ana.page, "reaction-menu");
  await ana.page.getByRole("menuitem", { name: "React with 👍" }).click();
  for (const one of [theirs, own])
    await expect(one.getByRole("button", { name: /^👍 1/ })).toBeVisible();
  await expect(theirs.getByRole("button", { name: "👍 1: You" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await expect(row(bo)).toContainText("Shall we meet");

  // The other side presses the chip.
  await own.getByRole("button", { name: /^👍 1/ }).click();
  await expect(theirs.getByRole("button", { name: /^👍 2/ })).toBeVisible();

  // By key, and from the whole of the emoji.
  await theirs.focus();
  await ana.page.keyboard.press("a");
  const picker = ana.page.getByRole("dialog", { name: "React" });
  await expect(picker).toBeVisible();
  await expectAccessible(ana.page);
  await shots(ana.page, "reaction-quick");
  const quick = picker.getByRole("button");
  await expect(quick.first()).toBeFocused();
  await ana.page.keyboard.press("ArrowRight");
  await expect(quick.nth(1)).toBeFocused();
  await ana.page.keyboard.press("End");
  await expect(quick.last()).toBeFocused();
  await ana.page.keyboard.press("ArrowRight");
  await expect(quick.first()).toBeFocused();
  await ana.page.keyboard.press("ArrowLeft");
  await ana.page.keyboard.press("ArrowLeft");
  const picked = (await quick.nth((await quick.count()) - 2).innerText()).trim();
  await ana.page.keyboard.press("Enter");
  await expect(picker).toHaveCount(0);
  await expect(own.getByRole("button", { name: new RegExp(`^${picked} 1`) })).toBeVisible();
  await theirs.focus();
  await ana.page.keyboard.press("a");
  await picker.getByRole("button", { name: "More reactions" }).click();
  await picker.getByPlaceholder("Search emoji").fill("rocket");
  await picker.getByRole("gridcell").filter({ hasText: /^🚀$/ }).click();
  await expect(own.getByRole("button", { name: /^🚀 1/ })).toBeVisible();
  await theirs.hover();
  await expectAccessible(ana.page);
  await shots(ana.page, "reactions");
  await shots(bo.page, "reactions-own");

  await theirs.getByRole("button", { name: /^👍 2/ }).click();
  await expect(own.getByRole("button", { name: /^👍 1/ })).toBeVisible();
  await expect(own).toHaveAccessibleName(/Reactions: 👍 You; .*🚀 /);

  await own.click({ button: "right" });
  await bo.page.getByRole("menuitem", { name: "Recall" }).click();
  await expect(ana.page.getByRole("button", { name: /^🚀/ })).toBeHidden();
});
