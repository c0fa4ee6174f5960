import { expectAccessible } from "./harness/axe";
import { befriend, call, composer, messages, openFirst, say } from "./harness/friends";
import { expect, test } from "./harness/people";
import { shots } from "./harness/shots";

test("an answer shows what it answers, and brings one there however far up it is", async ({
  people,
}) => {
  const { ana, bo } = people;
  const id = await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  await say(bo, "Shall we meet at three?");
  const question = messages(ana).filter({ hasText: "Shall we meet" });
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

  for (let i = 0; i < 120; i++) {
    await call(bo, "Chat", "Send", { conversation_id: id, text: `line ${i}`, ref_seq: 0 });
  }
  await say(bo, "the end");
  await messages(ana).last().focus();
  await ana.page.keyboard.press("r");
  await say(ana, "an answer to the end");
  await call(ana, "Chat", "Send", { conversation_id: id, text: "far", ref_seq: 2 });
  await ana.page.reload();
  await openFirst(ana);
  await expect(question).toBeHidden();
  await messages(ana).last().getByRole("button", quote).click();
  await expect(question).toBeInViewport();
  await expect(question).toBeFocused();
  await shots(ana.page, "reply-jumped");
});
