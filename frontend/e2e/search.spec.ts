import { expectAccessible } from "./harness/axe";
import { befriend, call, composer, messages, openFirst, row } from "./harness/friends";
import { expect, test } from "./harness/people";
import type { Person } from "./harness/person";
import { shots } from "./harness/shots";

/** Sends texts in order and waits until the other side has the last one. */
async function tell(from: Person, to: Person, id: string, texts: readonly string[]) {
  for (const text of texts) await call(from, "Chat", "Send", { conversation_id: id, text });
  await expect(row(to)).toContainText(texts.at(-1) ?? "");
}

const field = (person: Person) =>
  person.page.getByRole("combobox", { name: "Search people, chats and messages" });
const option = (person: Person, text: string | RegExp) =>
  person.page.getByRole("option").filter({ hasText: text });
const filler = (n: number, word: string) => Array.from({ length: n }, (_, i) => `${word} ${i}`);

test("everything here is found, opens where it stands, and works offline", async ({
  people,
  server,
}) => {
  test.setTimeout(180_000);
  const { ana, bo } = people;
  const id = await befriend(ana, bo);
  await tell(bo, ana, id, ["上次的雲海真是我今年看过最好的日出", ...filler(120, "later")]);
  await openFirst(ana);
  await server.stop();

  await ana.page.keyboard.press("Control+k");
  await expect(field(ana)).toBeFocused();
  await field(ana).fill("cb");
  await expect(option(ana, "bo_chen")).toHaveAttribute("aria-selected", "true");
  await field(ana).fill("云海");
  const hit = option(ana, "上次的雲海");
  await expect(hit.locator("mark")).toHaveText("雲海");
  await expectAccessible(ana.page);
  await field(ana).press("Enter");
  await expect(ana.page.getByRole("dialog")).toHaveCount(0);
  await expect(messages(ana).filter({ hasText: "上次的雲海" })).toBeInViewport();
  await expect(messages(ana).filter({ hasText: "later 3" }).first()).toBeVisible();
  await expect(composer(ana)).toBeFocused();
  const marked = () => ana.page.evaluate(() => CSS.highlights.get("found")?.size ?? 0);
  expect(await marked()).toBe(1);

  await ana.page.getByRole("button", { name: "Search", exact: true }).click();
  await field(ana).fill("later");
  await expect(option(ana, "later 119")).toBeVisible();
  await shots(ana.page, "search");
  await test.step("between two days", async () => {
    const { page } = ana;
    const dialog = page.getByRole("dialog", { name: "Search" });
    await dialog.getByRole("combobox", { name: "Date" }).click();
    await page.getByRole("option", { name: "Between two days" }).click();
    await dialog.getByRole("button", { name: /^First day/ }).click();
    await expect(page.getByRole("grid")).toBeVisible();
    await shots(page, "search-between");
    await page.getByRole("gridcell", { name: /Today/ }).getByRole("button").click();
    await expect(option(ana, "later 119")).toBeVisible();
    await dialog.getByRole("button", { name: /^Last day/ }).click();
    await expect(page.getByRole("gridcell").getByRole("button", { disabled: false })).toHaveCount(
      1,
    );
    await page.keyboard.press("Escape");
    await dialog.getByRole("combobox", { name: "Date" }).click();
    await page.getByRole("option", { name: "Any time" }).click();
    await field(ana).focus();
  });
  await field(ana).press("ArrowDown");
  await expect(option(ana, "later 118")).toHaveAttribute("aria-selected", "true");
  await ana.page.getByRole("button", { name: /^Messages/ }).click();
  // Endless: the oldest comes when one scrolls there.
  await expect(async () => {
    await ana.page.getByRole("listbox").hover();
    await ana.page.mouse.wheel(0, 4_000);
    await expect(option(ana, /later 0$/)).toBeVisible({ timeout: 500 });
  }).toPass();
  await field(ana).fill("nothing like it");
  await expect(ana.page.getByText("Nothing found for “nothing like it”")).toBeVisible();
  await shots(ana.page, "search-none");
  await ana.page.keyboard.press("Escape");
  await ana.page.keyboard.press("Escape");
  await expect(ana.page.getByRole("dialog")).toHaveCount(0);
});

test("in a conversation one goes from hit to hit and to a date", async ({ people }) => {
  test.setTimeout(180_000);
  const { ana, bo } = people;
  const id = await befriend(ana, bo);
  await tell(bo, ana, id, ["云海 one", ...filler(90, "between"), "云海 two https://example.com/a"]);
  await openFirst(ana);

  await ana.page.keyboard.press("Control+f");
  const panel = ana.page.getByRole("complementary", { name: "Chat history" });
  const find = panel.getByRole("textbox", { name: "Search in the chat history" });
  await expect(find).toBeFocused();
  await find.fill("云海");
  await expect(panel.getByRole("status")).toHaveText("2 results");
  await find.press("Enter");
  await expect(messages(ana).filter({ hasText: "云海 two" })).toBeInViewport();
  await find.press("Enter");
  await expect(messages(ana).filter({ hasText: "云海 one" })).toBeInViewport();
  await expect(find).toBeFocused();
  await expectAccessible(ana.page);
  await shots(ana.page, "find", { everywhere: true });
  await panel.getByRole("button", { name: "Newer result" }).click();
  await expect(messages(ana).filter({ hasText: "云海 two" })).toBeInViewport();

  await panel.getByRole("button", { name: "Links", exact: true }).click();
  await expect(panel.getByRole("status")).toHaveText("1 result");

  await panel.getByRole("button", { name: "Go to a date" }).click();
  const today = ana.page.getByRole("gridcell", { selected: false }).filter({
    has: ana.page.getByRole("button", { name: /^Today/ }),
  });
  await expect(today).toBeVisible();
  await shots(ana.page, "find-calendar");
  await today.getByRole("button").click();
  await expect(ana.page.getByText("friend request").first()).toBeInViewport();

  // Its keys bring one back to the field, out of it, and on to where one writes.
  await composer(ana).focus();
  await ana.page.keyboard.press("Control+f");
  await expect(find).toBeFocused();
  await ana.page.keyboard.type("云"); // In place of what was looked for.
  await expect(find).toHaveValue("云");
  await panel.getByRole("button", { name: "Go to a date" }).press("Enter");
  await expect(today).toBeVisible();
  await ana.page.keyboard.press("Escape");
  await expect(today).toHaveCount(0);
  await panel.getByRole("button", { name: "Go to a date" }).press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(composer(ana)).toBeFocused();
  await ana.page.keyboard.press("Control+f");
  await find.press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(composer(ana)).toBeFocused();
});

test("what only the server has is marked, opens, and is missed offline", async ({ people }) => {
  test.setTimeout(180_000);
  const { ana, bo } = people;
  const id = await befriend(ana, bo);
  await tell(bo, ana, id, ["去年在山上看云海", ...filler(3, "later"), "云海的照片在这里"]);
  await openFirst(ana);
  // The device fetches what it lacks within moments: the server's answer about
  // it is made of a message that is here.
  const found = await call<{ hits: { message: { id: string } }[] }>(ana, "Search", "Messages", {
    query: "去年",
  });
  const [hit] = found.hits;
  if (!hit) throw new Error("nothing is found here");
  hit.message.id = "elsewhere";
  let state = "found";
  await ana.page.route("**/call/Search/OnServer", async (route) => {
    const response = await route.fetch();
    const hits = state === "found" ? JSON.stringify([hit]) : "[]";
    const body = (await response.text())
      .replace('"state":"complete"', `"state":"${state}"`)
      .replace('"hits":[]', `"hits":${hits}`);
    await route.fulfill({ response, body });
  });

  await ana.page.keyboard.press("Control+k");
  await field(ana).fill("照片");
  const there = option(ana, "去年在山上看云海");
  await expect(there).toContainText("On the server");
  await expect(ana.page.getByRole("option").filter({ hasText: "On the server" })).toHaveCount(1);
  await expectAccessible(ana.page);
  await shots(ana.page, "search-server", { everywhere: true });
  await field(ana).press("ArrowDown");
  await expect(there).toHaveAttribute("aria-selected", "true");
  await field(ana).press("Enter");
  await expect(messages(ana).filter({ hasText: "去年在山上看云海" })).toBeInViewport();

  await ana.page.keyboard.press("Control+f");
  const panel = ana.page.getByRole("complementary", { name: "Chat history" });
  const find = panel.getByRole("textbox", { name: "Search in the chat history" });
  await find.fill("照片");
  await expect(panel.getByRole("listitem").filter({ hasText: "On the server" })).toHaveCount(1);
  await shots(ana.page, "find-server");

  state = "offline";
  await find.fill("照");
  await expect(panel).toContainText("only the history on this device was searched");
  await shots(ana.page, "find-offline");
});
