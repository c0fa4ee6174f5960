import { expectAccessible } from "./harness/axe";
import { befriend, call, openFirst, row } from "./harness/friends";
import { expect, test } from "./harness/people";
import { password } from "./harness/person";
import { shots } from "./harness/shots";

const pages = [
  "Account",
  "Appearance",
  "Chat",
  "Notifications",
  "Shortcuts",
  "Storage",
  "Server and network",
  "About",
];

test("every page of the settings is accessible in both themes and both languages", async ({
  people,
}) => {
  const { ana } = people;
  const { page } = ana;
  for (const [i, name] of pages.entries()) {
    await ana.settings(name);
    await expectAccessible(page);
    await shots(page, `settings-${i}`);
  }
  await ana.settings("Appearance");
  await page.getByRole("radio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("combobox", { name: "Language" }).click();
  await page.getByRole("option", { name: "简体中文" }).click();
  await expect(page.getByRole("heading", { name: "外观与语言" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  for (const item of await page
    .getByRole("navigation", { name: "设置" })
    .getByRole("button")
    .all()) {
    await item.click();
    await expectAccessible(page);
  }
});

test("a chosen look holds at once and after a restart, with no flash of another", async ({
  people,
}) => {
  const { ana } = people;
  const { page } = ana;
  await ana.settings("Appearance");
  await page.getByRole("radio", { name: "Dark" }).click();
  await page.getByRole("radio", { name: "Wisteria" }).click();
  await page.getByRole("radio", { name: "18", exact: true }).click();
  await page.getByRole("radio", { name: "Compact" }).click();
  const html = page.locator("html");
  await expect(html).toHaveAttribute("data-theme", "dark");
  await expect(html).toHaveAttribute("data-accent", "wisteria");
  await expect(html).toHaveAttribute("data-density", "compact");
  await expect(html).toHaveCSS("--msg-size", "18px");

  // The first paint of a reload is in the chosen theme already.
  await page.reload({ waitUntil: "commit" });
  await page.waitForFunction(
    () => document.documentElement.dataset.theme === "dark" || document.body,
  );
  await expect(html).toHaveAttribute("data-theme", "dark");

  await ana.restart();
  await expect(html).toHaveAttribute("data-theme", "dark");
  await expect(html).toHaveAttribute("data-accent", "wisteria");
});

test("the list keeps the width that it was given, after a restart too", async ({ people }) => {
  const { ana } = people;
  const edge = ana.page.getByRole("separator", { name: "Width of the list" });
  const list = ana.page.getByRole("region", { name: "List" });
  await edge.focus();
  await edge.press("ArrowRight");
  await edge.press("ArrowRight");
  await expect(list).toHaveJSProperty("offsetWidth", 320);
  const at = await edge.boundingBox();
  await ana.page.mouse.move((at?.x ?? 0) + 3, 400);
  await ana.page.mouse.down();
  await ana.page.mouse.move(420, 400, { steps: 3 });
  await expect(list).toHaveJSProperty("offsetWidth", 360);
  await ana.page.mouse.up();
  await expect
    .poll(() => call<{ list_width: number }>(ana, "Settings", "Get"))
    .toMatchObject({ list_width: 360 });

  await ana.restart();
  await ana.page.getByRole("button", { name: "Sign in", exact: true }).or(list).first().click();
  await expect(list).toHaveJSProperty("offsetWidth", 360);
  await edge.dblclick();
  await expect(list).toHaveJSProperty("offsetWidth", 288);
});

test("English keeps its own apostrophe where the only font is a Han one", async ({ people }) => {
  const width = await people.ana.page.evaluate(() => {
    const text = document.createElement("span");
    text.textContent = "’";
    const stack = getComputedStyle(document.body).fontFamily.split(/, */);
    const from = stack.findIndex((name) => name.includes("MC Latin Punct"));
    text.style.font = "100px sans-serif";
    text.style.fontFamily = stack.slice(from).join(", ");
    document.body.append(text);
    return text.getBoundingClientRect().width;
  });
  expect(width).toBeLessThan(60);
});

test("the nickname changes, and so does the password", async ({ people, person }) => {
  const { ana } = people;
  const { page } = ana;
  await ana.settings("Account");
  await page.getByRole("button", { name: "Edit nickname" }).click();
  await page.getByRole("dialog").getByLabel("Your nickname").fill("安娜 👩‍🚀");
  await expectAccessible(page);
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "安娜 👩‍🚀, account menu" })).toBeVisible();

  // A second device of the same account.
  const second = await person(ana.identity);
  await second.page.getByLabel("Username").fill(ana.identity.username);
  await second.page.getByLabel("Password", { exact: true }).fill(password);
  await second.page.getByRole("button", { name: "Sign in", exact: true }).click();
  await second.signedIn();

  await page.getByRole("button", { name: "Change" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Present password").fill("not the password");
  await dialog.getByLabel("New password", { exact: true }).fill("another long password");
  await dialog.getByLabel("New password again").fill("another long password");
  await dialog.getByRole("button", { name: "Change password" }).click();
  await expect(dialog.getByText("The present password is not right.")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByLabel("Present password").fill(password);
  await dialog.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Password changed")).toBeVisible();

  // "Sign out all other devices" is on: the second device is back at the sign-in window.
  await expect(
    second.page.getByText(/The password was changed on .+ Sign in with the new one/),
  ).toBeVisible();
});

test("another device is listed and can be signed out", async ({ people, person }) => {
  const { ana } = people;
  const second = await person(ana.identity);
  await second.page.getByLabel("Username").fill(ana.identity.username);
  await second.page.getByLabel("Password", { exact: true }).fill(password);
  await second.page.getByRole("button", { name: "Sign in", exact: true }).click();
  await second.signedIn();

  // The first device hears of it, whatever it shows.
  await expect(ana.page.getByText(/Your account just signed in on/)).toBeVisible();
  await ana.page.getByRole("button", { name: "Devices", exact: true }).click();
  await expect(ana.page.getByText("This device")).toBeVisible();
  const rename = ana.page.getByRole("button", { name: /^Rename / });
  await expect(rename).toHaveCount(2);
  await rename.first().click(); // The one that was active last.
  await ana.page.getByRole("textbox", { name: "Device name" }).fill("Kitchen");
  await ana.page.getByRole("button", { name: "Save" }).click();
  await expect(ana.page.getByText("Kitchen")).toBeVisible();
  await ana.page.getByRole("button", { name: "Sign out Kitchen" }).click();
  await ana.page.getByRole("alertdialog").getByRole("button", { name: "Sign out" }).click();
  await expect(second.page.getByText(/signed this device out/)).toBeVisible();
  await expect(ana.page.getByRole("button", { name: /^Sign out .+/ })).toBeHidden();
});

test("keys lead through the window: settings, regions, and out of layers", async ({ people }) => {
  const { ana, bo } = people;
  const { page } = ana;
  await befriend(ana, bo);
  await page.keyboard.press("Control+Comma");
  await expect(page.getByRole("heading", { name: "Account", level: 2 })).toBeVisible();
  const region = () =>
    page.evaluate(() =>
      document.activeElement?.closest("[data-region]")?.getAttribute("data-region"),
    );
  const seen: (string | null | undefined)[] = [];
  for (let i = 0; i < 3; i++) {
    await page.keyboard.press("F6");
    seen.push(await region());
  }
  expect(new Set(seen)).toEqual(new Set(["rail", "list", "main"]));
  await page.keyboard.press("Shift+F6");
  expect(await region()).toBe(seen[1]);

  await test.step("a conversation is several regions, and a toast is one", async () => {
    await page.getByRole("button", { name: "Messages" }).first().click();
    await openFirst(ana);
    await page.keyboard.press("Control+f");
    const around = async (key: string) => {
      const order: (string | null | undefined)[] = [];
      for (let i = 0; i < 6; i++) {
        order.push(await region());
        await page.keyboard.press(key);
      }
      return order;
    };
    const order = ["find", "rail", "list", "header", "messages", "composer"];
    await expect(page.getByRole("textbox", { name: /chat history/ })).toBeFocused();
    expect(await around("F6")).toEqual(order);
    const [first, ...others] = order;
    expect(await around("Shift+F6")).toEqual([first, ...others.reverse()]);
    await page.getByRole("textbox", { name: /chat history/ }).press("Escape");
    await row(ana).first().press("h");
    await page.keyboard.press("F6");
    await page.keyboard.press("F6");
    expect(await region()).toBe("toasts");
    await page.keyboard.press("Shift+F6");
    expect(await region()).not.toBe("toasts");
    await page.keyboard.press("Control+Comma");
  });

  await page.getByRole("button", { name: "Edit nickname" }).click();
  await expect(page.getByRole("dialog", { name: "Your nickname" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Your nickname" })).toBeHidden();
  await expect(page.getByRole("button", { name: "Edit nickname" })).toBeFocused();
});
