import { execFile } from "node:child_process";
import { promisify } from "node:util";
import path from "node:path";
import type { Page } from "@playwright/test";
import { call, row } from "../harness/friends";
import { Host } from "../harness/host";
import { expect, test } from "../harness/people";
import { Person } from "../harness/person";
import { Server } from "../harness/server";
import { heapOf, traced } from "../harness/trace";

const root = path.resolve(import.meta.dirname, "../../..");
const friends = Number(process.env.MYCHAT_BENCH_FRIENDS ?? 5_000);
const history = Number(process.env.MYCHAT_BENCH_MESSAGES ?? 10_000);

/** A server without limits on rates, and with cheap passwords. */
const open = {
  MYCHAT_LIMITS_REQUESTS_PER_ADDRESS: "0",
  MYCHAT_LIMITS_REQUESTS_PER_ACCOUNT: "0",
  MYCHAT_LIMITS_FRAMES_PER_SECOND: "0",
  MYCHAT_LIMITS_SOCKETS_PER_ACCOUNT: "0",
  MYCHAT_LIMITS_SOCKETS_PER_ADDRESS: "0",
  MYCHAT_LIMITS_ADDRESS_TRIES: "1000000",
  MYCHAT_LIMITS_ACCOUNT_TRIES: "100000",
  MYCHAT_LIMITS_ARGON2_MEMORY_KIB: "8192",
  MYCHAT_LIMITS_ARGON2_TIME: "1",
};

type Account = { username: string; password: string };

async function seeded(server: Server): Promise<Account> {
  const args = ["run", "./test/seed", "-server", server.url];
  args.push("-friends", String(friends), "-messages", String(history));
  const { stdout } = await promisify(execFile)("go", args, { cwd: root });
  return JSON.parse(stdout) as Account;
}

/** Turns the wheel over an element, a step a frame, until `done`. */
async function wheel(page: Page, over: string, step: number, done: () => Promise<boolean>) {
  const box = await page.locator(over).first().boundingBox();
  if (!box) throw new Error(`${over} is not there`);
  await page.mouse.move(box.x + box.width / 2, Math.max(box.y, 0) + 200);
  do {
    for (let i = 0; i < 20; i++) await page.mouse.wheel(0, step);
  } while (!(await done()));
}

type Traced = Awaited<ReturnType<typeof traced>>;

const quantile = (sorted: number[], q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;

function line(what: string, { tasks, gaps }: Traced) {
  const wall = tasks.map((t) => t.wall).sort((a, b) => a - b);
  const cpu = tasks.map((t) => t.cpu).sort((a, b) => a - b);
  const over = (list: number[], ms: number) => list.filter((t) => t > ms).length;
  const cells = [
    what,
    tasks.length,
    `${quantile(cpu, 0.99).toFixed(1)} / ${quantile(cpu, 1).toFixed(1)}`,
    `${quantile(wall, 0.99).toFixed(1)} / ${quantile(wall, 1).toFixed(1)}`,
    `${over(cpu, 16)} / ${over(cpu, 50)}`,
    `${over(wall, 16)} / ${over(wall, 50)}`,
    `${over(gaps, 17.7)} of ${gaps.length}`,
  ];
  return `| ${cells.join(" | ")} |`;
}

test("a long list and a long conversation", async ({ browser }) => {
  const server = await Server.start({ env: open });
  const account = await seeded(server);
  const host = await Host.start(server.url);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const identity = { username: account.username, nickname: account.username };
  const who = new Person(await context.newPage(), host, server, identity);
  const { page } = who;
  const report: string[] = [];
  try {
    await who.open();
    await page.getByLabel("Username").fill(account.username);
    await page.getByLabel("Password", { exact: true }).fill(account.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await who.signedIn();
    type State = { history: { here: number; total: number } };
    await expect(async () => {
      const { history } = await call<State>(who, "Storage", "State");
      expect(history.total).toBeGreaterThan(friends);
      expect(history.here).toBe(history.total);
    }).toPass({ timeout: 20 * 60_000, intervals: [1_000] });

    await page.reload();
    await expect(row(who).first()).toBeVisible();
    const cdp = await context.newCDPSession(page);
    await cdp.send("Performance.enable");
    const list = '[role="list"][aria-label="Conversations"]';
    const before = await heapOf(cdp);
    const atEnd = () =>
      page.locator(list).evaluate((el) => {
        let box: Element | null = el;
        while (box && !/auto|scroll/.test(getComputedStyle(box).overflowY)) box = box.parentElement;
        return !box || box.scrollTop + box.clientHeight >= box.scrollHeight - 2;
      });
    const down = await traced(page, () => wheel(page, list, 600, atEnd));
    report.push(line(`${friends} conversations, top to end`, down));
    const afterList = await heapOf(cdp);

    await page.reload();
    await row(who).first().click(); // It had the most messages, and so the last one.
    const log = page.getByRole("log", { name: "Messages" });
    await expect(log.getByRole("article").last()).toBeVisible();
    const beginning = page.getByText("This is where your conversation with");
    // It opens where reading ended, which is at its beginning.
    await page.getByRole("button", { name: "Jump to the newest message" }).click();
    await expect(beginning).toHaveCount(0);
    const beforeLog = await heapOf(cdp);
    const up = await traced(page, () =>
      wheel(page, '[role="log"]', -900, () => beginning.isVisible()),
    );
    report.push(line(`${history} messages, newest to first`, up));
    const afterLog = await heapOf(cdp);

    const heads = ["", "tasks", "CPU ms p99 / longest", "clock ms p99 / longest"];
    heads.push("over 16 / 50 ms of CPU", "over 16 / 50 ms of clock", "frames later than 16.7 ms");
    console.log(`| ${heads.join(" | ")} |\n|---${"|--:".repeat(heads.length - 1)}|`);
    console.log(report.join("\n"));
    const memory = (a: { mib: number; nodes: number }) =>
      `${a.mib.toFixed(1)} MiB, ${a.nodes} nodes`;
    console.log(`\nlist: ${memory(before)}, then ${memory(afterList)}`);
    console.log(`conversation: ${memory(beforeLog)}, then ${memory(afterLog)}`);
  } finally {
    await context.close();
    await host.remove();
    await server.remove();
  }
});
