import { expectAccessible } from "./harness/axe";
import { again, befriend, call, row } from "./harness/friends";
import { expect, test } from "./harness/people";
import type { Person } from "./harness/person";
import { shots } from "./harness/shots";

const chips = (person: Person) => person.page.getByRole("group", { name: "Show conversations" });
const chip = (person: Person, name: string | RegExp) => chips(person).getByRole("button", { name });
const item = (person: Person, name: string) =>
  person.page.getByRole("menuitem", { name, exact: false });
const dialog = (person: Person, name: string | RegExp) => person.page.getByRole("dialog", { name });

test("folders are made, filled, gone through by key and taken away, on both machines", async ({
  people,
  person,
}) => {
  test.setTimeout(120_000);
  const { ana, bo } = people;
  const withBo = await befriend(ana, bo);
  const phone = await again(person, ana);

  await test.step("a folder is made in the dialog of the chips", async () => {
    await ana.page.getByRole("button", { name: "Manage folders" }).click();
    const field = dialog(ana, "Folders").getByRole("textbox", { name: "Name of a new folder" });
    await field.fill("A name that is wider than fits");
    await expect(dialog(ana, "Folders")).toContainText("Use 1 to 24 letters");
    await expect(dialog(ana, "Folders").getByRole("button", { name: "Create" })).toBeDisabled();
    for (const name of ["Work", "家人", "Sports"]) {
      await field.fill(name);
      await field.press("Enter");
      await expect(dialog(ana, "Folders").getByRole("listitem")).toContainText([name]);
    }
    for (const [name, why] of [
      ["work ", "There is already a folder called Work"],
      ["Unread", "Unread is a filter of the list"],
    ] as const) {
      await field.fill(name);
      await expect(dialog(ana, "Folders")).toContainText(why);
      await expect(dialog(ana, "Folders").getByRole("button", { name: "Create" })).toBeDisabled();
    }
    await field.fill("");
    await expectAccessible(ana.page);
    await shots(ana.page, "folders-dialog");
    await dialog(ana, "Folders").getByRole("button", { name: "Move Sports up" }).click();
    await expect(dialog(ana, "Folders").getByRole("listitem")).toHaveText([
      "Work",
      "Sports",
      "家人",
    ]);
    await dialog(ana, "Folders").getByRole("button", { name: "Rename Sports" }).click();
    const rename = dialog(ana, "Folders").getByRole("textbox", { name: "Rename Sports" });
    await rename.fill("Climbing");
    await rename.press("Enter");
    await expect(dialog(ana, "Folders").getByRole("listitem")).toHaveText([
      "Work",
      "Climbing",
      "家人",
    ]);
    await ana.page.keyboard.press("Escape");
    for (const one of [ana, phone]) {
      await expect(chips(one).getByRole("button")).toHaveText([
        /All/,
        /Unread/,
        /@Me/,
        /Work/,
        /Climbing/,
        /家人/,
      ]);
    }
  });

  await test.step("a conversation is put in by its menu and by its key", async () => {
    await row(ana).first().click({ button: "right" });
    await item(ana, "Add to folder").hover();
    const work = ana.page.getByRole("menuitemcheckbox", { name: "Work" });
    await work.click();
    await expect(work).toBeChecked();
    await shots(ana.page, "folders-menu");
    await ana.page.keyboard.press("Escape");
    await ana.page.keyboard.press("Escape");
    await chip(phone, "Work").click();
    await expect(row(phone)).toHaveCount(1);

    await row(phone).first().focus();
    await phone.page.keyboard.press("f");
    const box = dialog(phone, "Folders of 陈博").getByRole("checkbox", { name: "家人" });
    await expect(
      dialog(phone, "Folders of 陈博").getByRole("checkbox", { name: "Work" }),
    ).toBeChecked();
    await box.click();
    await expect(box).toBeChecked();
    await expectAccessible(phone.page);
    await shots(phone.page, "folders-of-one");
    await phone.page.keyboard.press("Escape");
  });

  await test.step("keys go from filter to filter; the open one stays until one leaves", async () => {
    await call(bo, "Chat", "Send", { conversation_id: withBo, text: "are you there?" });
    await expect(chip(ana, "家人")).toContainText("1");
    await expect(chip(ana, "Climbing")).not.toContainText("1");
    await ana.page.keyboard.press("Alt+Shift+ArrowDown");
    await expect(chip(ana, "Unread")).toHaveAttribute("aria-pressed", "true");
    await row(ana).first().click();
    await expect(chip(ana, "Unread")).not.toContainText("1");
    await expect(row(ana)).toHaveCount(1);
    await ana.page.keyboard.press("Alt+Shift+ArrowDown");
    await expect(chip(ana, "@Me")).toHaveAttribute("aria-pressed", "true");
    await expect(ana.page.getByText("Nobody waits for you")).toBeVisible();
    await ana.page.keyboard.press("Alt+Shift+ArrowUp");
    await expect(ana.page.getByText("Everything is read")).toBeVisible();
    for (let i = 0; i < 9; i++) await ana.page.keyboard.press("Alt+Shift+ArrowDown");
    await expect(chip(ana, "家人")).toHaveAttribute("aria-pressed", "true");
    await expect(row(ana)).toHaveCount(1);
    await shots(ana.page, "folders-chosen", { everywhere: true });
  });

  await test.step("a folder goes and comes back; its conversations stay", async () => {
    await ana.settings("Chat");
    await ana.page.getByRole("button", { name: "Manage folders" }).click();
    await dialog(ana, "Folders").getByRole("button", { name: "Delete 家人" }).click();
    await expect(chip(phone, "家人")).toHaveCount(0);
    await expect(row(phone)).toHaveCount(1);
    await ana.page.getByRole("button", { name: "Undo" }).click();
    await expect(chip(phone, "家人")).toBeVisible();
    await chip(phone, "家人").click();
    await expect(row(phone)).toHaveCount(1);
    await ana.page.keyboard.press("Escape");
  });

  await test.step("all of it is there without a network", async () => {
    await ana.server.stop();
    await ana.page.reload();
    await chip(ana, "家人").click();
    await expect(row(ana)).toHaveCount(1);
    await chip(ana, "Climbing").click();
    await expect(ana.page.getByText("Nothing in this folder")).toBeVisible();
    await expectAccessible(ana.page);
    await shots(ana.page, "folders-empty");
  });
});

test("a choice follows to the other machine, and stays off this one's sign-in", async ({
  people,
  person,
}) => {
  const { ana, bo } = people;
  await befriend(ana, bo);
  const phone = await again(person, ana);
  await ana.settings("Chat");
  await phone.settings("Chat");
  await expect(ana.page.getByText("The same on all your devices")).toHaveCount(2);
  await ana.page.getByRole("radio", { name: "Ctrl+Enter" }).click();
  await expect(phone.page.getByRole("radio", { name: "Ctrl+Enter" })).toBeChecked();
  await phone.settings("Notifications");
  await phone.page.getByRole("switch", { name: "Sound" }).click();
  await ana.settings("Notifications");
  await expect(ana.page.getByRole("switch", { name: "Sound" })).not.toBeChecked();
  await expectAccessible(ana.page);
  await shots(ana.page, "settings-scope");
  await ana.settings("Appearance");
  await expect(ana.page.getByText("On this device only")).toHaveCount(3);
  await ana.page.getByRole("radio", { name: "Dark" }).click();
  await expect(ana.page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(phone.page.locator("html")).not.toHaveAttribute("data-theme", "dark");
});
