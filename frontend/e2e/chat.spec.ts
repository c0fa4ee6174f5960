import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "./harness/axe";
import { befriend, call, composer, messages, openFirst, row, say } from "./harness/friends";
import { boxOf, expectApart } from "./harness/boxes";
import { expect, test } from "./harness/people";
import type { Person } from "./harness/person";
import { shots } from "./harness/shots";

test("two people chat: at once, with typing, ticks, the unread badge and its line", async ({
  people,
}) => {
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await composer(ana).pressSequentially("Are you");
  await expect(row(bo)).toContainText("typing…");
  await composer(ana).press("Enter");
  await expect(row(bo)).toContainText("Are you");
  // Delivered, since his machine has it; not read, since he has not looked.
  const mine = messages(ana).filter({ hasText: "Are you" });
  await expect(mine).toContainText("Delivered");
  await expect(row(bo)).toContainText("2 unread messages");
  await expect(bo.page).toHaveTitle(/^\(2\)/);

  await openFirst(bo);
  await expect(bo.page.getByRole("separator").filter({ hasText: "New messages" })).toBeVisible();
  await expect(mine).toContainText("Read");
  await expect(row(bo)).not.toContainText("unread");

  await say(bo, "Yes, 三点见 👋");
  await expect(messages(ana).last()).toContainText("Yes, 三点见 👋");
  await expect(messages(bo).last()).toContainText("Read");
  await say(ana, "See https://example.com/a?b=1 then");
  await expect(messages(bo).last().getByRole("link")).toHaveAttribute(
    "href",
    "https://example.com/a?b=1",
  );
  await expectAccessible(ana.page);
  await expectAccessible(bo.page);
  await shots(ana.page, "chat");
});

test("what is written offline waits, and goes out once and in order", async ({
  people,
  server,
}) => {
  const { ana, bo } = people;
  const id = await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  await server.stop();
  await expect(ana.page.getByText(/No connection to/).first()).toBeVisible();
  for (const text of ["one", "two", "three"]) await say(ana, text);
  await expect(ana.page.getByText("3 waiting to be sent")).toBeVisible();
  await expect(ana.page.getByText("Offline, will be sent later")).toBeVisible();
  await expectAccessible(ana.page);
  await shots(ana.page, "chat-offline");

  await server.restart();
  // Or it came back by itself meanwhile, and the button has gone.
  const now = ana.page.getByRole("button", { name: "Try now" });
  await now.click({ timeout: 2_000 }).catch(() => expect(now).toBeHidden());
  await expect(ana.page.getByText(/^\d waiting to be sent/)).toBeHidden();
  type Page = { messages: { text: string; kind: string }[] };
  await expect(async () => {
    const page = await call<Page>(bo, "History", "Page", { conversation_id: id });
    const texts = page.messages.filter((m) => m.kind === "text").map((m) => m.text);
    expect(texts).toEqual(["Hello", "one", "two", "three"]);
  }).toPass({ timeout: 30_000 });
  await expect(messages(bo)).toHaveCount(4);
});

test("history and an unsent draft are there after a restart", async ({ people }) => {
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await say(ana, "kept");
  await composer(ana).fill("half a thou");
  await ana.page.getByRole("button", { name: /^Contacts/ }).click();
  await ana.page
    .getByRole("button", { name: /^Messages/ })
    .first()
    .click();
  await expect(composer(ana)).toHaveValue("half a thou");
  await composer(ana).pressSequentially("ght");
  await ana.page.reload();
  await ana.signedIn();
  await expect(row(ana)).toContainText("[Draft] half a thought");
  await ana.restart();
  await ana.page.getByRole("button", { name: "Sign in", exact: true }).or(row(ana)).first().click();
  await openFirst(ana);
  await expect(composer(ana)).toHaveValue("half a thought");
  await expect(messages(ana).last()).toContainText("kept");
});

test("Enter that ends a composition does not send", async ({ people }) => {
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  const count = await messages(ana).count();
  await composer(ana).focus();
  const cdp = await ana.page.context().newCDPSession(ana.page);
  await cdp.send("Input.imeSetComposition", { text: "ni hao", selectionStart: 6, selectionEnd: 6 });
  const enter = {
    key: "Enter",
    code: "Enter",
    windowsVirtualKeyCode: 229,
    nativeVirtualKeyCode: 13,
  };
  await cdp.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...enter });
  await cdp.send("Input.insertText", { text: "你好" });
  await cdp.send("Input.dispatchKeyEvent", { type: "keyUp", ...enter });
  await expect(composer(ana)).toHaveValue("你好");
  expect(await messages(ana).count()).toBe(count);
  await composer(ana).press("Shift+Enter");
  await composer(ana).pressSequentially("!");
  await composer(ana).press("Enter");
  await expect(messages(ana)).toHaveCount(count + 1);
  await expect(messages(bo)).toHaveCount(0); // He has not opened it.
  await expect(messages(ana).last()).toContainText("你好\n!");
});

test("markup is text, and so is what looks like a link but is none", async ({ people }) => {
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  const nasty = [
    "<img src=x onerror=\"document.title='owned'\">",
    "<script>document.title='owned'</script>",
    "javascript:document.title='owned'",
    "\u202Eevil\u202C & <b>bold</b> {{7*7}} ${7*7}",
  ];
  for (const text of nasty) {
    await say(ana, text);
    await expect(messages(bo).last()).toContainText(text);
  }
  await expect(messages(bo).last().locator("b")).toHaveCount(0);
  await expect(bo.page.getByRole("log").getByRole("link")).toHaveCount(0);
  await expect(bo.page).not.toHaveTitle(/owned/);
});

test("emoji go in at the caret, by mouse and by keyboard", async ({ people }) => {
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await composer(ana).fill("good night");
  await composer(ana).evaluate((el) => (el as HTMLTextAreaElement).setSelectionRange(4, 4));
  await ana.page.getByRole("button", { name: "Emoji" }).click();
  const search = ana.page
    .getByRole("searchbox", { name: "Search emoji" })
    .or(ana.page.getByLabel("Search emoji"));
  await search.first().fill("party popper");
  await expect(ana.page.getByRole("gridcell").first()).toBeVisible();
  await expectApart(ana.page.getByRole("dialog", { name: "Emoji" }), composer(ana));
  await ana.page.keyboard.press("Enter");
  await expect(composer(ana)).toHaveValue("good🎉 night");
  await expect(composer(ana)).toBeFocused();
  await ana.page.getByRole("button", { name: "Emoji" }).click();
  await expect(ana.page.getByRole("group", { name: "Recently used" })).toContainText("🎉");

  // The panel stays clear of what is written in a small window too, however much it is.
  await ana.page.keyboard.press("Escape");
  await ana.page.setViewportSize({ width: 390, height: 560 });
  await composer(ana).fill("one line after another\n".repeat(12));
  await ana.page.getByRole("button", { name: "Emoji" }).click();
  await expect(ana.page.getByRole("gridcell").first()).toBeVisible();
  await expectApart(ana.page.getByRole("dialog", { name: "Emoji" }), composer(ana));

  // Emoji that were used are known at the next start, at whatever address the page is then.
  await ana.restart();
  await ana.page.getByRole("button", { name: "Sign in", exact: true }).or(row(ana)).first().click();
  await openFirst(ana);
  await ana.page.getByRole("button", { name: "Emoji" }).click();
  await expect(ana.page.getByRole("group", { name: "Recently used" })).toContainText("🎉");
});

test("a text over the limit says by how much and is not sent", async ({ people }) => {
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await composer(ana).fill("字".repeat(9_990));
  await expect(ana.page.getByText("10 characters left")).toBeVisible();
  await composer(ana).fill("字".repeat(10_003));
  await expect(ana.page.getByText("3 characters too long, at most 10,000")).toBeVisible();
  await composer(ana).press("Enter");
  await expect(composer(ana)).toHaveValue("字".repeat(10_003));
  await expect(ana.page.getByRole("button", { name: "Send", exact: true })).toBeDisabled();
});

test("everything goes by keyboard", async ({ people, person }) => {
  const { ana, bo } = people;
  const cy = await person({ username: "cy_wang", nickname: "Cy" });
  await cy.register();
  await befriend(bo, cy);
  await call(cy, "Friends", "List");
  const [card] = await call<{ profile: { id: string } }[]>(ana, "Friends", "Search", {
    query: "bo_chen",
  });
  await call(ana, "Friends", "Ask", { user_id: card?.profile.id, message: "hi" });
  await bo.page.getByRole("button", { name: "Contacts, 1 request waiting" }).click();
  await bo.page.getByRole("button", { name: /^Friend requests/ }).press("Enter");
  await bo.page.getByRole("button", { name: "Accept Ana Lin" }).press("Enter");
  await bo.page
    .getByRole("button", { name: /^Messages/ })
    .first()
    .press("Enter");
  await expect(row(bo)).toHaveCount(2);

  await bo.page.keyboard.press("Alt+ArrowDown");
  await expect(composer(bo)).toBeFocused();
  const first = await bo.page.getByRole("main").getByRole("heading", { level: 1 }).innerText();
  await bo.page.keyboard.press("Alt+ArrowDown");
  await expect(bo.page.getByRole("main").getByRole("heading", { level: 1 })).not.toHaveText(first);
  await bo.page.keyboard.press("Control+k");
  await bo.page.keyboard.type("cy");
  await expect(bo.page.getByRole("option")).toHaveCount(1);
  await bo.page.keyboard.press("Enter");
  await expect(composer(bo)).toHaveAccessibleName("Message to Cy");

  await bo.page.keyboard.type("one");
  await bo.page.keyboard.press("Enter");
  await expect(messages(bo).last()).toContainText("one");
  await messages(bo).last().focus();
  await bo.page.keyboard.press("ArrowUp");
  await expect(messages(bo).first()).toBeFocused();
  await bo.page.keyboard.press("Enter");
  await expect(bo.page.getByRole("menuitem", { name: "Copy" })).toBeVisible();
  // The menu hangs on the message that it is about.
  const menu = await boxOf(bo.page.getByRole("menu"));
  const bubble = await boxOf(messages(bo).first().locator("[data-bubble]"));
  expect(
    Math.min(Math.abs(menu.top - bubble.bottom), Math.abs(bubble.top - menu.bottom)),
  ).toBeLessThan(8);
  expect(
    Math.min(Math.abs(menu.left - bubble.left), Math.abs(menu.right - bubble.right)),
  ).toBeLessThan(2);
  await bo.page.keyboard.press("Escape");
  await expect(messages(bo).first()).toBeFocused();
  await bo.page.keyboard.press("Enter");
  await bo.page.getByRole("menuitem", { name: "Copy" }).press("Enter");
  await expectApart(bo.page.getByRole("dialog").filter({ hasText: "Copied" }), composer(bo));
  // With the window's edge below it, the menu stands above its message.
  await messages(bo).last().focus();
  await bo.page.keyboard.press("Enter");
  await expectApart(bo.page.getByRole("menu"), messages(bo).last().locator("[data-bubble]"));
  await bo.page.keyboard.press("Escape");
  await expect(messages(bo).last()).toBeFocused();
  await bo.page.keyboard.type("z");
  await expect(composer(bo)).toHaveValue("z");
});

/** Notes where the rows in sight stand, and after the next frames how far one of them moved. */
async function movement(page: Page, act: () => Promise<void>) {
  const row = await page.evaluate(() => {
    const box =
      document.querySelector('[data-region="messages"]')?.getBoundingClientRect().top ?? 0;
    const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
    const found = rows.find((r) => r.getBoundingClientRect().top > box + 150);
    return { id: found?.dataset.row, top: found?.getBoundingClientRect().top ?? 0 };
  });
  await act();
  return page.evaluate(async ({ id, top }) => {
    const now = () => {
      const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
      return rows.find((r) => r.dataset.row === id)?.getBoundingClientRect().top ?? NaN;
    };
    let last = NaN;
    for (let still = 0; still < 3;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const at = now();
      still = at === last ? still + 1 : 0;
      last = at;
      if (Number.isNaN(at)) return NaN;
    }
    return last - top;
  }, row);
}

/** Turns the wheel by steps until the list ends, where `last` is in sight; nothing may jump on the way. */
async function wheelTo(person: Person, step: number, last: Locator) {
  const left = () =>
    person.page.evaluate((up) => {
      const box = document.querySelector('[data-region="messages"]');
      if (!box) throw new Error("there are no messages");
      return up ? box.scrollTop : box.scrollHeight - box.clientHeight - box.scrollTop;
    }, step < 0);
  let worst = 0;
  for (let i = 0; i < 400; i++) {
    const before = await left();
    const moved = await movement(person.page, () => person.page.mouse.wheel(0, step));
    if (before < Math.abs(step) && (await last.count()) > 0) break;
    expect(moved).not.toBeNaN();
    worst = Math.max(worst, Math.abs(moved + step));
  }
  await expect(last).toBeInViewport();
  expect(worst).toBeLessThan(1);
  expect(await messages(person).count()).toBeLessThan(200);
}

test("scrolling through 500 messages never jumps", async ({ people }) => {
  test.setTimeout(180_000);
  const { ana, bo } = people;
  const id = await befriend(ana, bo);
  await bo.page.evaluate(async (conversation) => {
    for (let i = 0; i < 500; i++) {
      const text = `#${i} ${"山水 and some longer words ".repeat((i * 7919) % 13)}`;
      const body = JSON.stringify([{ conversation_id: conversation, text }]);
      await fetch("./call/Chat/Send", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
      });
    }
  }, id);
  await expect(async () => {
    const [conversation] = await call<{ last_seq: number }[]>(ana, "Chat", "Conversations");
    expect(conversation?.last_seq).toBeGreaterThanOrEqual(500);
  }).toPass({ timeout: 60_000 });
  await call(ana, "Chat", "MarkRead", { conversation_id: id, seq: 470 });

  await openFirst(ana);
  const line = ana.page.getByRole("separator").filter({ hasText: "New messages" });
  await expect(line).toBeInViewport();
  await expect(ana.page.getByRole("button", { name: /new messages?\. Jump/ })).toBeVisible();
  await shots(ana.page, "unread-line");

  await ana.page.mouse.move(800, 400);
  await wheelTo(ana, -400, ana.page.getByText("This is where your conversation with 陈博 begins"));

  // A message that arrives meanwhile moves nothing and is counted.
  const held = await movement(ana.page, async () => {
    await call(bo, "Chat", "Send", { conversation_id: id, text: "the newest" });
    await expect(row(ana)).toContainText("the newest");
  });
  expect(Math.abs(held)).toBeLessThan(1);

  // What was let go on the way up comes again on the way down.
  await wheelTo(ana, 400, messages(ana).filter({ hasText: "the newest" }));
  await expect(row(ana)).not.toContainText("unread");
  await ana.page.mouse.wheel(0, -3_000);
  await call(bo, "Chat", "Send", { conversation_id: id, text: "the very newest" });
  await ana.page.getByRole("button", { name: /Jump to the newest/ }).click();
  await expect(messages(ana).last()).toContainText("the very newest");
  await expect(messages(ana).last()).toBeInViewport();
  await expect(row(ana)).not.toContainText("unread");
});
