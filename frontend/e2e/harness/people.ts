import { test as base } from "@playwright/test";
import type { Browser, BrowserContext } from "@playwright/test";
import { Host } from "./host";
import { Person } from "./person";
import type { Identity } from "./person";
import { Server } from "./server";

type Fixtures = {
  /** A server with open registration and no accounts. */
  server: Server;
  /** Makes a machine with a page; all of them end with the test. */
  person: (identity: Identity) => Promise<Person>;
  /** Two people with accounts, each at a machine of their own. */
  people: { ana: Person; bo: Person };
};

/** Playwright's test, with a real server and real browser hosts. */
export const test = base.extend<Fixtures>({
  server: async ({}, give) => {
    const server = await Server.start();
    await give(server);
    await server.remove();
  },
  person: async ({ server, browser }, give, info) => {
    const made: { host: Host; context: BrowserContext }[] = [];
    await give(async (identity) => {
      const host = await Host.start(server.url);
      const context = await newContext(browser, info.project.use);
      made.push({ host, context });
      const person = new Person(await context.newPage(), host, server, identity);
      await person.open();
      return person;
    });
    for (const { host, context } of made) {
      if (info.status !== info.expectedStatus) {
        await info.attach("host.log", { body: host.log, contentType: "text/plain" });
      }
      // A call that a test changes on its way may be under way: its answer goes nowhere.
      for (const page of context.pages()) await page.unrouteAll({ behavior: "ignoreErrors" });
      await context.close();
      await host.remove();
    }
    if (info.status !== info.expectedStatus) {
      await info.attach("server.log", { body: server.log, contentType: "text/plain" });
    }
  },
  people: async ({ person }, give) => {
    const ana = await person({ username: "ana_lin", nickname: "Ana Lin" });
    const bo = await person({ username: "bo_chen", nickname: "陈博" });
    await ana.register();
    await bo.register();
    await give({ ana, bo });
  },
});

const newContext = (browser: Browser, use: object) => browser.newContext({ ...use });

export { expect } from "@playwright/test";
