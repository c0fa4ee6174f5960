import { expectAccessible } from "./harness/axe";
import { befriend, messages, openFirst, row, say, sent } from "./harness/friends";
import { expect, test } from "./harness/people";
import type { Person } from "./harness/person";
import { shots } from "./harness/shots";

const menuOf = async (one: Person, text: string) => {
  await messages(one).filter({ hasText: text }).click({ button: "right" });
  await expect(one.page.getByRole("menuitem", { name: "Copy" })).toBeVisible();
};

test("messages are starred, listed and found in their place", async ({ people }) => {
  test.slow();
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  await say(bo, "The door code is 4711");
  await say(bo, "We meet at three");
  await say(ana, "I bring the cake");
  await expect(messages(bo).last()).toContainText("cake");
  const starOf = (one: Person, text: string) =>
    messages(one).filter({ hasText: text }).getByRole("img", { name: "Starred" });

  await menuOf(ana, "4711");
  await shots(ana.page, "star-menu");
  await ana.page.getByRole("menuitem", { name: "Star" }).click();
  await expect(starOf(ana, "4711")).toBeVisible();
  await expect(starOf(bo, "4711")).toBeHidden();
  await messages(ana).filter({ hasText: "cake" }).focus();
  await ana.page.keyboard.press("s");
  await expect(starOf(ana, "cake")).toBeVisible();
  await expectAccessible(ana.page);
  await shots(ana.page, "stars");

  // The one that got its star last is first; a click shows it in its place.
  await ana.page.keyboard.press("Control+Shift+S");
  const dialog = ana.page.getByRole("dialog", { name: "Starred messages" });
  const items = dialog.getByRole("listitem");
  await expect(items).toHaveCount(2);
  await expect(items.first()).toContainText("cake");
  await expectAccessible(ana.page);
  await shots(ana.page, "starred", { everywhere: true });
  await ana.page.keyboard.press("ArrowDown");
  await expect(items.last().getByRole("button").first()).toBeFocused();
  await ana.page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(messages(ana).filter({ hasText: "4711" })).toBeInViewport();

  // It works without a network, and from the list too.
  await ana.server.stop();
  await ana.page.getByRole("button", { name: "Starred messages" }).click();
  await items.first().getByRole("button", { name: "Remove star" }).click();
  await expect(items).toHaveCount(1);
  await ana.page.keyboard.press("Escape");
  await expect(starOf(ana, "cake")).toBeHidden();

  // Several at once: all of them get one, then all lose it.
  await messages(ana).filter({ hasText: "4711" }).focus();
  await ana.page.keyboard.press("x");
  await ana.page.keyboard.press("Shift+ArrowDown");
  await ana.page.keyboard.press("Shift+ArrowDown");
  await shots(ana.page, "star-selection", { everywhere: true });
  const bar = ana.page.getByRole("toolbar", { name: "Selected messages" });
  await bar.getByRole("button", { name: "Star" }).click();
  await expect(ana.page.getByText("2 messages starred")).toBeVisible();
  await bar.getByRole("button", { name: "Remove star" }).click();
  await expect(messages(ana).getByRole("img", { name: "Starred" })).toHaveCount(0);
  await ana.page.keyboard.press("Escape");
  await ana.page.keyboard.press("Control+Shift+S");
  await expect(dialog.getByText("Nothing is starred")).toBeVisible();
  await shots(ana.page, "starred-none");
});

test("messages are deleted for oneself and stay away", async ({ people }) => {
  test.slow();
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  await say(bo, "The door code is 4711");
  await say(bo, "We meet at three");
  await sent(bo);
  await messages(bo).filter({ hasText: "4711" }).focus();
  await bo.page.keyboard.press("r");
  await say(bo, "That was an answer");
  await expect(messages(ana).last()).toContainText("answer");

  // The menu asks first, and the safe answer has the focus.
  await menuOf(ana, "three");
  await ana.page.getByRole("menuitem", { name: "Delete for me" }).click();
  const dialog = ana.page.getByRole("alertdialog");
  await expect(dialog).toContainText("The other side keeps it");
  await expectAccessible(ana.page);
  await shots(ana.page, "delete-for-me");
  await ana.page.keyboard.press("Escape");
  await expect(messages(ana).filter({ hasText: "three" })).toBeVisible();

  // Offline it is gone at once; what quotes it says so.
  await ana.server.stop();
  await messages(ana).filter({ hasText: "The door code" }).first().focus();
  await ana.page.keyboard.press("d");
  await dialog.getByRole("button", { name: "Delete for me" }).click();
  await expect(ana.page.getByText("1 message deleted for you")).toBeVisible();
  await expect(messages(ana).filter({ hasText: "4711" })).toHaveCount(0);
  await expect(messages(ana).last()).toContainText("You deleted the message");
  await shots(ana.page, "deleted-quote");
  await ana.server.restart();

  // Several at once, the last one too: the list falls back to what is left.
  await messages(ana).last().focus();
  await ana.page.keyboard.press("x");
  await ana.page.keyboard.press("Shift+ArrowUp");
  await ana.page
    .getByRole("toolbar", { name: "Selected messages" })
    .getByRole("button", { name: "Delete for me" })
    .click();
  await expect(dialog).toContainText("Delete 2 messages for you?");
  await dialog.getByRole("button", { name: "Delete for me" }).click();
  await expect(messages(ana)).toHaveCount(1);
  await expect(row(ana).first()).toContainText("Hello");
  await ana.page.reload();
  await openFirst(ana);
  await expect(messages(ana)).toHaveCount(1);
  await expect(messages(bo)).toHaveCount(4);
});
