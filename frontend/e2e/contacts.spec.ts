import { expectAccessible } from "./harness/axe";
import { befriend, call, openFirst, row } from "./harness/friends";
import { expect, test } from "./harness/people";
import { shots } from "./harness/shots";

test("one asks with a message, the other accepts, and both can write", async ({ people }) => {
  const { ana, bo } = people;
  await expect(ana.page.getByRole("heading", { name: "Welcome, Ana Lin" })).toBeVisible();
  await ana.page.getByRole("main").getByRole("button", { name: "Add" }).click();
  const dialog = ana.page.getByRole("dialog", { name: "Add friend" });
  await expectAccessible(ana.page);
  await dialog.getByRole("textbox", { name: "Find people" }).fill("BO_CHEN");
  await ana.page.keyboard.press("Enter");
  await expect(dialog.getByText("bo_chen")).toBeVisible();
  await dialog.getByLabel("Message to 陈博").fill("We met on the east loop");
  await expectAccessible(ana.page);
  await shots(ana.page, "add-friend");
  await dialog.getByRole("button", { name: "Send request" }).click();
  await expect(
    ana.page
      .getByText("Waiting for an answer")
      .or(ana.page.getByText(/^Sent$/))
      .first(),
  ).toBeVisible();

  await bo.page.getByRole("button", { name: "Contacts, 1 request waiting" }).click();
  await bo.page.getByRole("button", { name: /^Friend requests/ }).click();
  await expect(bo.page.getByText("We met on the east loop")).toBeVisible();
  await expect(bo.page.getByText(/expires in 7 days/)).toBeVisible();
  await expectAccessible(bo.page);
  await shots(bo.page, "friend-requests");
  await bo.page.getByRole("button", { name: "Accept Ana Lin" }).click();
  await expect(bo.page.getByText("Accepted", { exact: true })).toBeVisible();
  await expect(
    bo.page.getByRole("button", { name: "Contacts", exact: true }).first(),
  ).toBeVisible();

  for (const [one, other] of [
    [ana, "陈博"],
    [bo, "Ana Lin"],
  ] as const) {
    await one.page
      .getByRole("button", { name: /^Messages/ })
      .first()
      .click();
    await expect(row(one)).toHaveCount(1);
    await expect(row(one)).toContainText(other);
  }
  await openFirst(ana);
  await expect(ana.page.getByText("accepted your friend request")).toBeVisible();
});

test("a search says who is not there, who is oneself and whose answer is awaited", async ({
  people,
}) => {
  const { ana, bo } = people;
  await ana.page.getByRole("button", { name: "Add friend" }).first().click();
  const dialog = ana.page.getByRole("dialog", { name: "Add friend" });
  const find = async (text: string) => {
    await dialog.getByRole("textbox", { name: "Find people" }).fill(text);
    await dialog.getByRole("button", { name: "Find", exact: true }).click();
  };
  await find("nobody_here");
  await expect(dialog.getByText("Nobody found for “nobody_here”")).toBeVisible();
  await find("ana_lin");
  await expect(dialog.getByText("This is you")).toBeVisible();
  await find("bo_chen");
  await dialog.getByRole("button", { name: "Send request" }).click();
  await expect(dialog).toBeHidden();

  await ana.page.getByRole("main").getByRole("button", { name: "Add friend" }).click();
  await find("bo_chen");
  await expect(dialog.getByText("Waiting for an answer")).toBeVisible();

  // Refused, the next request has to wait, and the page says for how long.
  await bo.page.getByRole("button", { name: /^Contacts/ }).click();
  await bo.page.getByRole("button", { name: /^Friend requests/ }).click();
  await bo.page.getByRole("button", { name: "Refuse Ana Lin" }).click();
  await expect(bo.page.getByText("Refused", { exact: true })).toBeVisible();
  await find("bo_chen");
  await expect(dialog.getByRole("button", { name: "Send request" })).toBeVisible();
  await dialog.getByRole("button", { name: "Send request" }).click();
  await expect(dialog.getByRole("alert")).toContainText(/You can ask again in \d+ days/);
  await expectAccessible(ana.page);
});

test("requests that cross make a friendship", async ({ people }) => {
  const { ana, bo } = people;
  const [card] = await call<{ profile: { id: string } }[]>(ana, "Friends", "Search", {
    query: "bo_chen",
  });
  await call(ana, "Friends", "Ask", { user_id: card?.profile.id, message: "Hi" });
  await bo.page.getByRole("button", { name: "Add friend" }).first().click();
  const dialog = bo.page.getByRole("dialog", { name: "Add friend" });
  await dialog.getByRole("textbox", { name: "Find people" }).fill("ana_lin");
  await bo.page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Accept Ana Lin" }).click();
  await expect(bo.page.getByRole("article", { name: "Profile of Ana Lin" })).toBeVisible();
});

test("a remark names a friend everywhere; deleting a friend ends the writing on both sides", async ({
  people,
}) => {
  const { ana, bo } = people;
  await befriend(ana, bo);
  await ana.page.getByRole("button", { name: /^Contacts/ }).click();
  await ana.page
    .getByRole("list", { name: "Contacts" })
    .getByRole("button", { name: /陈博/ })
    .click();
  await expectAccessible(ana.page);
  await shots(ana.page, "profile");
  await ana.page.getByRole("button", { name: "Edit remark" }).click();
  await ana.page.getByRole("textbox", { name: "Remark", exact: true }).fill("老陈");
  await ana.page.keyboard.press("Enter");
  await expect(ana.page.getByRole("heading", { name: "老陈" })).toBeVisible();
  const list = ana.page.getByRole("list", { name: "Contacts" });
  await expect(list).toContainText("L");
  await ana.page.getByRole("textbox", { name: "Search friends and remarks" }).fill("lc");
  await expect(list.getByRole("button", { name: /老陈/ })).toBeVisible();

  await ana.page.getByRole("button", { name: "More", exact: true }).click();
  await ana.page.getByRole("menuitem", { name: "Delete friend" }).click();
  const question = ana.page.getByRole("alertdialog", { name: "Delete 老陈?" });
  await expect(question).toContainText("neither of you can write");
  await expectAccessible(ana.page);
  await shots(ana.page, "delete-friend");
  await question.getByRole("button", { name: "Delete friend" }).click();
  await expect(ana.page.getByText("No longer a friend", { exact: true })).toBeVisible();
  await shots(ana.page, "profile-former");

  await openFirst(bo);
  await expect(bo.page.getByText("You and Ana Lin are no longer friends.")).toBeVisible();
  await expectAccessible(bo.page);
  await shots(bo.page, "conversation-closed");
  await bo.page.getByRole("button", { name: "Add again" }).click();
  await bo.page.getByRole("main").getByRole("button", { name: "Add again" }).click();
  await bo.page.getByRole("button", { name: "Send request" }).click();
  await expect(bo.page.getByText("Request sent to Ana Lin")).toBeVisible();
});
