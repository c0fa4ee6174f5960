import { expectAccessible } from "./harness/axe";
import { befriend, call, composer, messages, openFirst, row, say } from "./harness/friends";
import { expect, test } from "./harness/people";
import type { Person } from "./harness/person";
import { shots } from "./harness/shots";

const dialog = ({ page }: Person) => page.getByRole("dialog", { name: /later/i });

test("a message is sent without a sound, by menu and by key", async ({ people }) => {
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await composer(ana).fill("do not wake up");
  await ana.page.getByRole("button", { name: "Other ways to send" }).click();
  await shots(ana.page, "later-menu");
  await ana.page.getByRole("menuitem", { name: "Send without sound" }).click();
  await expect(messages(ana).last()).toContainText("do not wake up");
  await expect(messages(ana).last().getByRole("img", { name: "Sent without sound" })).toBeVisible();
  await expect(composer(ana)).toHaveValue("");
  await composer(ana).fill("nor now");
  await composer(ana).press("Alt+Enter");
  await expect(messages(ana).last()).toContainText("nor now");
  await expect(row(bo)).toContainText("nor now");
  await expect(row(bo)).toContainText("3 unread messages"); // With the request's words.
});

test("a message is scheduled, changed, sent now, and deleted", async ({ people }) => {
  test.slow(); // Pictures.
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  await composer(ana).fill("Good morning");
  await composer(ana).press("Alt+Shift+Enter");
  await dialog(ana).getByRole("button", { name: "Tomorrow morning" }).click();
  await expect(dialog(ana)).toContainText("To be sent: Tomorrow 09:00");
  await dialog(ana).getByRole("textbox", { name: "Time" }).fill("9:7");
  await expect(dialog(ana)).toContainText("Write a time such as 09:30");
  await dialog(ana).getByRole("textbox", { name: "Time" }).fill("09:30");
  await expectAccessible(ana.page);
  await shots(ana.page, "later-dialog");
  await dialog(ana).getByRole("button", { name: "Schedule" }).click();
  await expect(composer(ana)).toHaveValue("");
  const bar = ana.page.getByRole("button", { name: /message.* to be sent later/ });
  await expect(bar).toContainText("1 message to be sent later");

  await composer(ana).fill("Happy birthday!");
  await ana.page.getByRole("button", { name: "Send", exact: true }).click({ button: "right" });
  await ana.page.getByRole("menuitem", { name: "Send later" }).click();
  await dialog(ana).getByRole("button", { name: "In 1 hour" }).click();
  await dialog(ana).getByRole("button", { name: "Schedule" }).click();
  await expect(bar).toContainText("2 messages to be sent later");
  await expect(messages(bo)).toHaveCount(1);
  await ana.page.reload();
  await openFirst(ana);
  await bar.click();
  const items = dialog(ana).getByRole("listitem");
  await expect(items).toHaveCount(2);
  await expectAccessible(ana.page);
  await shots(ana.page, "later-list");

  await items.filter({ hasText: "Good morning" }).getByRole("button", { name: "Edit" }).click();
  await dialog(ana).getByRole("textbox", { name: "Message" }).fill("Good morning, Bo");
  await dialog(ana).getByRole("button", { name: "Schedule" }).click();
  await items
    .filter({ hasText: "Good morning, Bo" })
    .getByRole("button", { name: "Send now" })
    .click();
  await expect(items).toHaveCount(1);
  await expect(messages(bo).last()).toContainText("Good morning, Bo");
  await items.getByRole("button", { name: "Delete" }).click();
  await expect(dialog(ana)).toContainText("Nothing waits to be sent");
  await ana.page.keyboard.press("Escape");
  await expect(bar).toBeHidden();
});

test("words for a former friend are kept and shown", async ({ people }) => {
  const { ana, bo } = people;
  const id = await befriend(ana, bo);
  await openFirst(ana);
  await call(ana, "Chat", "Schedule", {
    conversation_id: id,
    text: "see you tomorrow",
    ref_seq: 0,
    silent: false,
    at_ms: Date.now() + 5_000,
  });
  const [contact] = await call<{ profile: { id: string } }[]>(bo, "Friends", "List");
  await call(bo, "Friends", "Remove", { user_id: contact?.profile.id });
  const failed = ana.page.getByRole("button", { name: /1 message was not sent/ });
  await expect(failed).toBeVisible({ timeout: 30_000 });
  await failed.click();
  await expect(dialog(ana)).toContainText("see you tomorrow");
  await shots(ana.page, "later-failed");
});

test("an answer in a draft and the words of a recalled message outlive a reload", async ({
  people,
}) => {
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  await say(bo, "When shall we meet?");
  await expect(messages(ana).last()).toContainText("shall we meet");
  await messages(ana).last().focus();
  await ana.page.keyboard.press("r");
  await composer(ana).fill("At th");
  await ana.page.reload();
  await openFirst(ana);
  await expect(composer(ana)).toHaveValue("At th");
  await expect(ana.page.getByText(/^Reply to /)).toBeVisible();
  await composer(ana).fill("At three");
  await composer(ana).press("Enter");
  await expect(
    messages(bo)
      .last()
      .getByRole("button", { name: /When shall we/ }),
  ).toBeVisible();
  await expect(ana.page.getByText(/^Reply to /)).toBeHidden();

  await messages(ana).last().focus();
  await ana.page.keyboard.press("Delete");
  await expect(ana.page.getByText("You recalled a message").last()).toBeVisible();
  await ana.page.reload();
  await openFirst(ana);
  await ana.page.getByRole("button", { name: "Edit again" }).click();
  await expect(composer(ana)).toHaveValue("At three");
  await ana.page.reload();
  await openFirst(ana);
  await expect(composer(ana)).toHaveValue("At three");
});
