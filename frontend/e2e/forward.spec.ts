import { expectAccessible } from "./harness/axe";
import { befriend, call, composer, messages, openFirst, row, say } from "./harness/friends";
import { expect, test } from "./harness/people";
import type { Person } from "./harness/person";
import { shots } from "./harness/shots";

/** The dialog in front; a toast is one too. */
const over = ({ page }: Person) => page.getByRole("dialog", { name: /^(Forward(?!ed)|Chat of)/ });

test("messages are selected by key and click, copied, and forwarded one by one and as one", async ({
  people,
}) => {
  test.slow(); // Pictures.
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  await say(bo, "Shall we take the 18:42?");
  await say(ana, "好，我在站台等你");
  await say(bo, "See you there");
  await expect(messages(ana)).toHaveCount(4); // With the request's words.

  // By the menu, then a range with Shift, and one out again with Ctrl.
  await messages(ana).nth(1).click({ button: "right" });
  await shots(ana.page, "forward-menu");
  await ana.page.getByRole("menuitem", { name: "Select" }).click();
  const bar = ana.page.getByRole("toolbar", { name: "Selected messages" });
  await expect(bar).toContainText("1 message selected");
  await expect(composer(ana)).toBeHidden();
  await messages(ana)
    .nth(3)
    .click({ modifiers: ["Shift"] });
  await expect(bar).toContainText("3 messages selected");
  await messages(ana)
    .nth(2)
    .click({ modifiers: ["Control"] });
  await expect(bar).toContainText("2 messages selected");
  await ana.page.keyboard.press("Space");
  await expect(bar).toContainText("3 messages selected");
  await expectAccessible(ana.page);
  await shots(ana.page, "forward-selecting");
  await ana.page.keyboard.press("Escape");
  await expect(bar).toBeHidden();
  await expect(composer(ana)).toBeVisible();

  // By key alone: the last one, two more with Shift, copied.
  await ana.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await messages(ana).last().focus();
  await ana.page.keyboard.press("x");
  await ana.page.keyboard.press("Shift+ArrowUp");
  await ana.page.keyboard.press("Shift+ArrowUp");
  await expect(bar).toContainText("3 messages selected");
  await ana.page.keyboard.press("Control+c");
  await expect(ana.page.getByText("Copied")).toBeVisible();
  const copied = await ana.page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(
    /^.+ {2}.+ \d\d:\d\d\nShall we take the 18:42\?\n\n.+\n好，我在站台等你\n\n/,
  );
  await ana.page.keyboard.press("Shift+f");
  const dialog = over(ana);
  await expect(dialog).toContainText("Forward 3 messages");
  await expect(dialog).toContainText("3 messages");
  await dialog.getByRole("combobox").fill(bo.identity.nickname.slice(0, 2));
  await expect(dialog.getByRole("option")).toHaveCount(1);
  await ana.page.keyboard.press("Enter");
  await expect(dialog.getByRole("option")).toHaveAttribute("aria-selected", "true");
  await dialog.getByRole("textbox", { name: "Add your own words" }).fill("for later");
  await expectAccessible(ana.page);
  await shots(ana.page, "forward-dialog");
  await dialog.getByRole("button", { name: "Forward", exact: true }).click();
  await expect(bar).toBeHidden();
  for (const one of [ana, bo]) {
    await expect(messages(one).last()).toContainText("for later");
    await expect(messages(one).nth(4)).toContainText("Chat of");
  }
  await shots(bo.page, "forward-record");
  await messages(bo)
    .nth(4)
    .getByRole("button", { name: /Chat of/ })
    .click();
  await expect(over(bo)).toContainText("好，我在站台等你");
  await expectAccessible(bo.page);
  await shots(bo.page, "forward-record-open");
  await bo.page.keyboard.press("Escape");

  // A record in a record opens, and there is a way back.
  await messages(bo).nth(4).focus();
  await bo.page.keyboard.press("Shift+f");
  await bo.page.getByRole("option").first().click();
  await over(bo).getByRole("button", { name: "Forward", exact: true }).click();
  await expect(messages(ana)).toHaveCount(7);
  await messages(ana).last().focus();
  await ana.page.keyboard.press("o");
  await dialog.getByRole("button", { name: /Chat of/ }).click();
  await expect(dialog).toContainText("Shall we take the 18:42?");
  await dialog.getByRole("button", { name: "Back" }).click();
  await expect(dialog.getByRole("button", { name: /Chat of/ })).toBeVisible();
  await ana.page.keyboard.press("Escape");

  // One by one, with whose words they are.
  await messages(ana).nth(1).focus();
  await ana.page.keyboard.press("f");
  await dialog.getByRole("option").first().click();
  await dialog.getByRole("button", { name: "Forward", exact: true }).click();
  await expect(messages(bo).last()).toContainText("Forwarded from");
  await expect(messages(bo).last()).toContainText("Shall we take the 18:42?");
  await expect(row(bo)).toContainText("Shall we take the 18:42?");
  await shots(bo.page, "forward-each");
});

test("what is recalled while it is selected is not forwarded", async ({ people }) => {
  const { ana, bo } = people;
  const id = await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  await say(bo, "never mind");
  await messages(ana).last().focus();
  await ana.page.keyboard.press("x");
  await ana.page.keyboard.press("f");
  await ana.page.getByRole("option").first().click();
  const [last] = (
    await call<{ messages: { id: string }[] }>(bo, "History", "Page", { conversation_id: id })
  ).messages.slice(-1);
  await call(bo, "Chat", "Recall", { conversation_id: id, message_id: last?.id });
  await expect(ana.page.getByText(/recalled a message/).first()).toBeAttached();
  const dialog = over(ana);
  await dialog.getByRole("button", { name: "Forward", exact: true }).click();
  await expect(dialog).toContainText("A message was recalled meanwhile");
});
