import { expectAccessible } from "./harness/axe";
import { again, befriend, call, composer, messages, openFirst, row, say } from "./harness/friends";
import { expect, test } from "./harness/people";
import type { Person } from "./harness/person";
import { shots } from "./harness/shots";

const chip = (person: Person, name: string | RegExp) =>
  person.page.getByRole("group", { name: "Show conversations" }).getByRole("button", { name });
const item = (person: Person, name: string) =>
  person.page.getByRole("menuitem", { name, exact: false });
/** The row of the conversation with somebody. */
const rowOf = (person: Person, nickname: string) => row(person).filter({ hasText: nickname });

test("the list is kept in order by menu and by key, on both machines of one person", async ({
  people,
  person,
}) => {
  test.setTimeout(120_000);
  const { ana, bo } = people;
  const eve = await person({ username: "eve_2026", nickname: "Eve" });
  await eve.register();
  const withBo = await befriend(ana, bo);
  const [card] = await call<{ profile: { id: string } }[]>(eve, "Friends", "Search", {
    query: ana.identity.username,
  });
  await call(eve, "Friends", "Ask", { user_id: card?.profile.id, message: "It's Eve" });
  type Request = { id: string; state: string };
  await expect(async () => {
    const waiting = await call<Request[]>(ana, "Friends", "Requests");
    const asked = waiting.find((r) => r.state === "pending");
    expect(asked).toBeDefined();
    await call(ana, "Friends", "Answer", { request_id: asked?.id, answer: "accept" });
  }).toPass();
  await expect(row(ana)).toHaveCount(2);
  const phone = await again(person, ana);
  await expect(row(phone)).toHaveCount(2);
  await expect(row(ana).first()).toContainText("Eve");

  // Pinned from the menu of the row; the other machine follows.
  await rowOf(ana, "陈博").click({ button: "right" });
  await expect(item(ana, "Pin")).toContainText("P");
  await item(ana, "Pin").click();
  for (const one of [ana, phone]) {
    await expect(row(one).first()).toContainText("陈博");
    await expect(row(one).first()).toContainText("Pinned");
  }

  // Muted by its key. What comes is counted in grey, and not in the title.
  await rowOf(phone, "陈博").focus();
  await phone.page.keyboard.press("m");
  await expect(rowOf(ana, "陈博")).toContainText("Muted");
  await call(bo, "Chat", "Send", { conversation_id: withBo, text: "are you there?" });
  await expect(rowOf(ana, "陈博")).toContainText("1 unread message");
  await call(bo, "Chat", "Send", { conversation_id: withBo, text: "hello?" });
  await expect(rowOf(ana, "陈博")).toContainText("2 unread messages");
  await expect(ana.page).toHaveTitle(/^\(1\)|^MyChat/); // Only Eve's words count.
  await expect(ana.page).not.toHaveTitle(/^\([23]\)/);

  // Marked unread from the header, which closes it; opened elsewhere, the mark goes.
  await rowOf(ana, "Eve").click();
  await ana.page.getByRole("button", { name: "More", exact: true }).click();
  await expect(item(ana, "Mark as unread")).toBeVisible();
  await shots(ana.page, "list-header-menu");
  await ana.page.keyboard.press("u");
  await expect(rowOf(phone, "Eve")).toContainText("Marked as unread");
  await expect(rowOf(ana, "Eve")).toContainText("Marked as unread");
  await expect(chip(ana, /^Unread/)).toContainText("2");
  await expectAccessible(ana.page);
  await rowOf(ana, "陈博").click({ button: "right" });
  await expect(item(ana, "Unpin")).toBeVisible();
  await shots(ana.page, "list-menu");
  await ana.page.keyboard.press("Escape");
  await rowOf(phone, "Eve").click();
  await expect(rowOf(ana, "Eve")).not.toContainText("Marked as unread");

  // Hidden until somebody else writes; a search finds it.
  await rowOf(ana, "陈博").focus();
  await ana.page.keyboard.press("h");
  await expect(rowOf(ana, "陈博")).toHaveCount(0);
  await expect(rowOf(ana, "Eve")).toBeFocused(); // The keys go on where they were.
  await expect(rowOf(phone, "陈博")).toHaveCount(0);
  await ana.page.keyboard.press("Control+k");
  await ana.page.getByRole("combobox", { name: /^Search people/ }).fill("陈");
  await expect(ana.page.getByRole("option").filter({ hasText: "陈博" }).first()).toBeVisible();
  await ana.page.keyboard.press("Escape"); // Clears the field,
  await ana.page.keyboard.press("Escape"); // and this closes.
  await expect(ana.page.getByRole("dialog", { name: "Search" })).toHaveCount(0);
  await call(bo, "Chat", "Send", { conversation_id: withBo, text: "back again" });
  for (const one of [ana, phone]) await expect(rowOf(one, "陈博")).toHaveCount(1);

  // Archived: a chip leads to it, and goes with the last one.
  await rowOf(ana, "Eve").focus();
  await ana.page.keyboard.press("e");
  await expect(rowOf(ana, "Eve")).toHaveCount(0);
  await expect(rowOf(ana, "陈博")).toBeFocused();
  // A slip of the finger is taken back where it is told.
  await ana.page.getByRole("dialog", { name: "Archived Eve" }).getByText("Undo").click();
  await expect(rowOf(ana, "Eve")).toHaveCount(1);
  await rowOf(ana, "Eve").press("e");
  await expect(rowOf(ana, "Eve")).toHaveCount(0);
  await chip(phone, "Archived").click();
  await expect(rowOf(phone, "Eve")).toHaveCount(1);
  await shots(phone.page, "list-archived");
  await rowOf(phone, "Eve").click({ button: "right" });
  await item(phone, "Move out of the archive").click();
  await expect(chip(phone, "Archived")).toHaveCount(0);
  await expect(rowOf(ana, "Eve")).toHaveCount(1);
});

test("what is done offline is shown at once, outlives a restart and arrives", async ({
  people,
  person,
  server,
}) => {
  test.setTimeout(120_000);
  const { ana, bo } = people;
  await befriend(ana, bo);
  const phone = await again(person, ana);
  await server.stop();
  await expect(ana.page.getByText(/No connection to/).first()).toBeVisible();
  await row(ana).first().focus();
  await ana.page.keyboard.press("p");
  await expect(row(ana)).toContainText("Pinned");
  await ana.restart();
  await ana.page.getByRole("button", { name: "Open history offline" }).click();
  await expect(row(ana)).toContainText("Pinned");
  await server.restart();
  await expect(row(phone)).toContainText("Pinned", { timeout: 60_000 });
});

test("a draft goes on at the other machine, and never over what is written there", async ({
  people,
  person,
}) => {
  test.setTimeout(120_000);
  const { ana, bo } = people;
  await befriend(ana, bo);
  const phone = await again(person, ana);
  await openFirst(ana);
  await openFirst(phone);
  await composer(ana).fill("begun here");
  await expect(composer(phone)).toHaveValue("begun here");
  await composer(phone).pressSequentially(", ended there");
  await expect(composer(phone)).toHaveValue("begun here, ended there");
  // Ana goes on writing on the first machine: the second keeps its own.
  await composer(ana).pressSequentially("!");
  await expect(async () => {
    const [c] = await call<{ draft: string }[]>(ana, "Chat", "Conversations");
    expect(["begun here!", "begun here, ended there"]).toContain(c?.draft);
  }).toPass();
  await expect(composer(phone)).toHaveValue("begun here, ended there");
  await expect(composer(ana)).toHaveValue("begun here!");
  await say(phone, "begun here, ended there");
  await expect(messages(bo)).toHaveCount(0); // He has not opened it.
  // What was sent is no draft any more; Ana's, which is later, may have come meanwhile.
  await expect(composer(phone)).not.toHaveValue("begun here, ended there");
  // Closed, the list shows what waits.
  await composer(ana).fill("one more thing");
  await ana.page.getByRole("button", { name: /^Contacts/ }).click();
  await ana.page
    .getByRole("button", { name: /^Messages/ })
    .first()
    .click();
  await expect(composer(phone)).toHaveValue("one more thing");
});

test("a list that is longer than the window scrolls, with the rows in sight and few more", async ({
  people,
}) => {
  const { ana, bo } = people;
  await befriend(ana, bo);
  const { page } = ana;
  const many = 500;
  await page.route("**/call/Chat/Conversations", async (route) => {
    const answer = await route.fetch();
    const [one] = (await answer.json()) as { id: string; peer: { nickname: string } }[];
    if (!one) throw new Error("there is no conversation to repeat");
    const named = (i: number) => ({ ...one.peer, nickname: `Friend ${i}` });
    const json = Array.from({ length: many }, (_, i) => ({
      ...one,
      id: `${one.id}${i}`,
      peer: named(i),
    }));
    await route.fulfill({ response: answer, json });
  });
  for (const size of [
    { width: 1280, height: 800 },
    { width: 390, height: 800 },
  ]) {
    await page.setViewportSize(size);
    await page.reload();
    await expect(row(ana).first()).toContainText("Friend 0");
    await expect(async () => expect(await row(ana).count()).toBeLessThan(40)).toPass();
    await row(ana).first().hover();
    const last = rowOf(ana, `Friend ${many - 1}`);
    await expect(async () => {
      await page.mouse.wheel(0, 4_000);
      await expect(last).toBeInViewport({ timeout: 50 });
    }).toPass({ intervals: [10] });
    expect(await row(ana).count()).toBeLessThan(40);
    await row(ana).last().focus();
    await page.keyboard.press("Home");
    await expect(rowOf(ana, "Friend 0").first()).toBeFocused();
  }
});
