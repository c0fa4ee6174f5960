import { expectAccessible } from "./harness/axe";
import { again, befriend, openFirst } from "./harness/friends";
import { expect, test } from "./harness/people";
import type { Person } from "./harness/person";
import { shots } from "./harness/shots";

const keysOf = (person: Person, name: string) =>
  person.page.getByRole("button", { name: new RegExp(`^${name}: .*(Change|keys)$`) });
test("keys are pressed anew, refused, swapped and reset, and follow to the other browser", async ({
  people,
  person,
}) => {
  test.setTimeout(120_000);
  const { ana, bo } = people;
  await befriend(ana, bo);
  const phone = await again(person, ana);
  const { page } = ana;
  const dialog = page.getByRole("dialog", { name: "Search" });
  await ana.settings("Shortcuts");
  await expectAccessible(page);
  await shots(page, "shortcuts");

  await test.step("Escape leaves them, and the keys do nothing else meanwhile", async () => {
    await keysOf(ana, "Search everything").press("Enter");
    await expect(page.getByText("Press new keys", { exact: true })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(keysOf(ana, "Search everything")).toHaveAccessibleName(/: Ctrl\+K\./);
    await keysOf(ana, "Settings").click();
    await page.keyboard.press("Control+k");
    await expect(dialog).toHaveCount(0);
    await expect(page.getByText("Ctrl+K is for “Search everything”.")).toBeVisible();
    await expectAccessible(page);
    await shots(page, "shortcuts-held");
    await page.keyboard.press("Escape");
  });

  await test.step("what is kept by others is refused with the reason", async () => {
    await keysOf(ana, "Search everything").click();
    for (const [keys, why] of [
      ["Control+t", /browser keeps/],
      ["Control+c", /editing text/],
      ["Control+5", /cannot be changed/],
      ["x", /letters alone/],
    ] as const) {
      await page.keyboard.press(keys);
      await expect(page.getByRole("status").filter({ hasText: why })).toBeVisible();
    }
    await page.keyboard.press("Escape");
  });

  await test.step("new keys hold at once, here and in the other browser", async () => {
    await keysOf(ana, "Search everything").click();
    await page.keyboard.press("Control+Shift+k");
    await expect(keysOf(ana, "Search everything")).toHaveAccessibleName(/: Ctrl\+Shift\+K\./);
    await page.keyboard.press("Control+k");
    await expect(dialog).toHaveCount(0);
    await page.keyboard.press("Control+Shift+k");
    await expect(dialog).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(phone.page.getByRole("button", { name: "Search" }).first()).toContainText(
      "Ctrl+Shift+K",
    );
  });

  await test.step("keys of another are swapped, and taken away", async () => {
    await keysOf(ana, "Settings").click();
    await page.keyboard.press("Control+Shift+k");
    await page.getByRole("button", { name: "Swap" }).click();
    await expect(keysOf(ana, "Settings")).toHaveAccessibleName(/: Ctrl\+Shift\+K\./);
    await expect(keysOf(ana, "Search everything")).toHaveAccessibleName(/: Ctrl\+,\./);
    await keysOf(ana, "Send later").click();
    await page.keyboard.press("Backspace");
    await expect(keysOf(ana, "Send later")).toHaveAccessibleName(/: None\./);
    await shots(page, "shortcuts-changed");
  });

  await test.step("one is reset, then all", async () => {
    await page.getByRole("button", { name: "Send later: back to Alt+Shift+Enter" }).click();
    await expect(keysOf(ana, "Send later")).toHaveAccessibleName(/: Alt\+Shift\+Enter\./);
    await page.getByRole("button", { name: "Reset all" }).click();
    await expect(keysOf(ana, "Settings")).toHaveAccessibleName(/: Ctrl\+,\./);
    await expect(keysOf(ana, "Search everything")).toHaveAccessibleName(/: Ctrl\+K\./);
    await expect(page.getByRole("button", { name: "Reset all" })).toBeDisabled();
  });

  await test.step("menus show the keys; single letters still work on a message", async () => {
    await keysOf(ana, "Send without sound").click();
    await page.keyboard.press("Alt+s");
    await page.getByRole("button", { name: "Messages" }).first().click();
    await openFirst(ana);
    await page.getByRole("textbox", { name: /^Message to/ }).fill("quietly");
    await page.getByRole("button", { name: "Other ways to send" }).click();
    await expect(page.getByRole("menuitem", { name: "Send without sound" })).toContainText("Alt+S");
    await page.keyboard.press("Escape");
    await page.getByRole("textbox", { name: /^Message to/ }).focus();
    await page.keyboard.press("Alt+s");
    const message = page.getByRole("article").filter({ hasText: "quietly" });
    await expect(message).toContainText(/Sent|Delivered|Read/); // Before that it cannot be answered.
    await message.focus();
    await page.keyboard.press("r");
    await expect(page.getByRole("button", { name: "Do not reply to it" })).toBeVisible();
  });
});
