import { expect } from "@playwright/test";
import type { Page } from "@playwright/test";
import type { Host } from "./host";
import type { Server } from "./server";

/** The password of everybody in the tests. */
export const password = "correct horse 7 battery";

export type Identity = { username: string; nickname: string };

/** Somebody at a machine: a page, and what a person does with it again and again. */
export class Person {
  constructor(
    readonly page: Page,
    readonly host: Host,
    readonly server: Server,
    readonly identity: Identity,
  ) {}

  /** Opens the page of this machine. */
  async open() {
    await this.page.goto(this.host.url);
  }

  /** Fills and submits the form for a new account, from the first screen. */
  async register() {
    const { page, identity } = this;
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByLabel("Nickname").fill(identity.nickname);
    await page.getByLabel("Username").fill(identity.username);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByLabel("Password again").fill(password);
    await page.getByRole("button", { name: "Create account" }).click();
    await this.signedIn();
  }

  /** Waits until the account is open. */
  async signedIn() {
    await expect(this.page.getByRole("navigation", { name: "Main navigation" })).toBeVisible();
  }

  /** Goes to a page of the settings. */
  async settings(name: string) {
    await this.page.keyboard.press("Control+Comma");
    await this.page
      .getByRole("navigation", { name: "Settings" })
      .getByRole("button", { name })
      .click();
    await expect(this.page.getByRole("heading", { name, level: 2 })).toBeVisible();
  }

  /** Chooses something from the menu behind the own picture. */
  async accountMenu(item: string) {
    await this.page.getByRole("button", { name: /account menu/ }).click();
    await this.page.getByRole("menuitem", { name: item }).click();
  }

  /** The start of the app again, with what it kept. */
  async restart() {
    await this.host.restart();
    await this.open();
  }
}
