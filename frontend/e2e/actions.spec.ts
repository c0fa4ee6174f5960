import { expectAccessible } from "./harness/axe";
import { befriend, call, composer, messages, openFirst, row, say, sent } from "./harness/friends";
import { expect, test } from "./harness/people";
import { shots } from "./harness/shots";

test("an answer shows what it answers, and brings one there however far up it is", async ({
  people,
}) => {
  test.slow(); // Many messages and pictures.
  const { ana, bo } = people;
  const id = await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  await say(bo, "Shall we meet at three?");
  // By its own words: its answers show them too.
  const question = ana.page.getByRole("article", { name: /Shall we meet at three\?$/ });
  await question.focus();
  await ana.page.keyboard.press("r");
  await expect(ana.page.getByText(/^Reply to /)).toBeVisible();
  await ana.page.keyboard.press("Escape");
  await expect(ana.page.getByText(/^Reply to /)).toBeHidden();

  await question.click({ button: "right" });
  await ana.page.getByRole("menuitem", { name: "Reply" }).click();
  await expect(composer(ana)).toBeFocused();
  await expectAccessible(ana.page);
  await shots(ana.page, "reply-composer");
  await say(ana, "Yes, at three");
  const quote = { name: /Shall we meet at three\?/ };
  await expect(messages(bo).last().getByRole("button", quote)).toBeVisible();
  await shots(bo.page, "reply");

  await Promise.all(
    Array.from({ length: 120 }, (_, i) =>
      call(bo, "Chat", "Send", { conversation_id: id, text: `line ${i}`, ref_seq: 0 }),
    ),
  );
  await say(bo, "the end");
  await expect(messages(ana).last()).toContainText("the end");
  await messages(ana).last().focus();
  await ana.page.keyboard.press("r");
  await say(ana, "an answer to the end");
  await call(ana, "Chat", "Send", { conversation_id: id, text: "far", ref_seq: 3 });
  await ana.page.reload();
  await openFirst(ana);
  await expect(question).toBeHidden();
  await messages(ana).last().getByRole("button", quote).click();
  await expect(question).toBeInViewport();
  await expect(question).toBeFocused();
  await shots(ana.page, "reply-jumped");
});

test("a message is edited and recalled for both, and its words can be written again", async ({
  people,
}) => {
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  await say(ana, "Meet at thre");
  await expect(messages(bo).last()).toContainText("Meet at thre");
  await composer(ana).press("ArrowUp");
  await expect(composer(ana)).toHaveValue("Meet at thre");
  await shots(ana.page, "edit-composer");
  await composer(ana).press("Escape");
  await expect(composer(ana)).toHaveValue("");
  await composer(ana).press("ArrowUp");
  await composer(ana).fill("Meet at thr, no:");
  await ana.page.getByRole("button", { name: "Contacts", exact: true }).first().click();
  await ana.page.reload(); // An edit waits where it was left.
  await openFirst(ana);
  await expect(composer(ana)).toHaveValue("Meet at thr, no:");
  await expect(ana.page.getByText("Edit message").first()).toBeVisible();
  await composer(ana).fill("Meet at three");
  await composer(ana).press("Enter");
  await expect(composer(ana)).toHaveValue("");
  for (const one of [ana, bo]) {
    await expect(messages(one).last()).toContainText("Meet at three");
    await expect(messages(one).last()).toContainText("edited");
  }
  await expect(row(bo)).toContainText("Meet at three");

  await messages(bo).last().click({ button: "right" });
  await expect(bo.page.getByRole("menuitem", { name: "Recall" })).toBeHidden();
  await bo.page.getByRole("menuitem", { name: "Edit history" }).click();
  await expect(bo.page.getByRole("dialog")).toContainText("Meet at thre");
  await expectAccessible(bo.page);
  await shots(bo.page, "edit-history");
  await bo.page.keyboard.press("Escape");

  await messages(ana).last().click({ button: "right" });
  await shots(ana.page, "message-menu");
  await ana.page.getByRole("menuitem", { name: "Recall" }).click();
  await expect(ana.page.getByText("You recalled a message").last()).toBeVisible();
  await expect(bo.page.getByText(/recalled a message/).last()).toBeVisible();
  await expect(messages(bo)).toHaveCount(1); // The request's words.
  await expect(row(bo)).toContainText("recalled a message");
  await expectAccessible(ana.page);
  await shots(ana.page, "recalled");
  await ana.page.getByRole("button", { name: "Edit again" }).click();
  await expect(composer(ana)).toHaveValue("Meet at three");
});

test("an edit and a recall wait for the server, and say so when it refuses them", async ({
  people,
}) => {
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  await say(ana, "Bring the tent");
  await say(ana, "and the stove");
  await sent(ana);
  await ana.server.stop();
  await expect(ana.page.getByText(/No connection to/).first()).toBeVisible();
  await composer(ana).press("ArrowUp");
  await composer(ana).fill("and the big stove");
  await composer(ana).press("Enter");
  const edited = messages(ana).last();
  await expect(edited).toContainText("and the big stove");
  await expect(edited.getByText("The edit is waiting to be sent")).toBeAttached();
  await messages(ana).filter({ hasText: "Bring the tent" }).click({ button: "right" });
  await ana.page.getByRole("menuitem", { name: "Recall" }).click();
  await expect(
    ana.page.getByRole("img", { name: "The recall is waiting to be sent" }),
  ).toBeVisible();
  await expectAccessible(ana.page);
  await shots(ana.page, "act-waiting");

  await ana.server.restart({
    MYCHAT_MESSAGES_EDIT_WITHIN_SECONDS: "0",
    MYCHAT_MESSAGES_RECALL_WITHIN_SECONDS: "0",
  });
  const refused = { timeout: 30_000 }; // The connection comes back by itself.
  await expect(ana.page.getByText(/^Not recalled: /)).toBeVisible(refused);
  await expect(ana.page.getByText(/^Not edited: /)).toBeVisible(refused);
  await expect(messages(ana).filter({ hasText: "Bring the tent" })).toBeVisible();
  await expect(messages(ana).last()).toContainText("and the stove");
  await expect(ana.page.getByRole("img", { name: /waiting to be sent/ })).toBeHidden();
  await expectAccessible(ana.page);
  await shots(ana.page, "act-refused");
  await messages(ana).last().getByRole("button", { name: "Edit again" }).click();
  await expect(composer(ana)).toHaveValue("and the big stove");
  await expect(ana.page.getByText(/^Not edited: /)).toBeHidden();
  await expect(messages(bo).last()).toContainText("and the stove");
});
