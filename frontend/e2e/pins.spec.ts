import { expectAccessible } from "./harness/axe";
import { befriend, messages, openFirst, say } from "./harness/friends";
import { expect, test } from "./harness/people";
import { shots } from "./harness/shots";

test("messages are pinned for both, stepped through and taken off", async ({ people }) => {
  test.slow();
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  await say(bo, "The door code is 4711");
  await say(bo, "We meet at three");
  const code = messages(ana).filter({ hasText: "4711" });
  const meet = messages(ana).filter({ hasText: "three" });
  await code.click({ button: "right" });
  await expect(ana.page.getByRole("menuitem", { name: "Pin" })).toBeVisible();
  await shots(ana.page, "pin-menu");
  await ana.page.getByRole("menuitem", { name: "Pin" }).click();
  const bar = (one: typeof ana) => one.page.getByRole("region", { name: "Pinned messages" });
  for (const one of [ana, bo]) await expect(bar(one)).toContainText("4711");
  const line = bo.page.getByRole("button", { name: "Ana Lin pinned “The door code is 4711”" });
  await expect(line).toBeVisible();
  await meet.focus();
  await ana.page.keyboard.press("p");
  for (const one of [ana, bo]) await expect(bar(one)).toContainText("Pinned message 2 of 2");
  await expectAccessible(ana.page);
  await shots(ana.page, "pins");

  // The newest first, then the one before.
  await bar(bo).getByRole("button", { name: /three/ }).click();
  await expect(messages(bo).filter({ hasText: "three" })).toBeFocused();
  await expect(bar(bo)).toContainText("Pinned message 1 of 2");
  await bar(bo).getByRole("button", { name: /4711/ }).click();
  await expect(messages(bo).filter({ hasText: "4711" })).toBeFocused();

  await bar(bo).getByRole("button", { name: "All pinned messages" }).click();
  const dialog = bo.page.getByRole("dialog", { name: "Pinned messages" });
  await expect(dialog.getByRole("listitem")).toHaveCount(2);
  await expectAccessible(bo.page);
  await shots(bo.page, "pins-all");
  await dialog.getByRole("button", { name: "Unpin" }).last().click();
  await expect(dialog.getByRole("listitem")).toHaveCount(1);
  await bo.page.keyboard.press("Escape");
  await expect(bar(ana)).toContainText("We meet at three");
  await messages(bo).filter({ hasText: "three" }).click({ button: "right" });
  await bo.page.getByRole("menuitem", { name: "Recall" }).click();
  for (const one of [ana, bo]) await expect(bar(one)).toBeHidden();
});
