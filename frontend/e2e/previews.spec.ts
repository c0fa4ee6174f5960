import { expectAccessible } from "./harness/axe";
import { befriend, call, messages, openFirst, say } from "./harness/friends";
import { expect, test as base } from "./harness/people";
import type { Person } from "./harness/person";
import { shots } from "./harness/shots";
import { Site } from "./harness/site";

const test = base.extend<{ site: Site }>({
  site: async ({}, give) => {
    const site = await Site.open();
    await give(site);
    site.close();
  },
  server: async ({ site }, give) => {
    const server = await site.start();
    await give(server);
    await server.remove();
  },
});

const card = (person: Person, title: string) =>
  person.page.getByRole("link", { name: new RegExp(`^Link preview: ${title}`) });

test("a link shows what stands behind it, also offline, and opens outside", async ({
  people,
  site,
  server,
}) => {
  test.setTimeout(120_000);
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  const link = site.page("/oolong", {
    title: "Oolong, the blue tea\u202e",
    description: "How it is <b>grown</b>, rolled and brewed",
    site: "茶馆",
  });
  await say(ana, `Read this: ${link}`);
  for (const one of [ana, bo]) {
    const shown = card(one, "Oolong, the blue tea");
    await expect(shown).toBeVisible();
    await expect(shown).toContainText("How it is <b>grown</b>, rolled and brewed");
    await expect(shown).toContainText("茶馆");
    await expect(shown).toContainText("127.0.0.1");
  }
  expect(site.asked).toEqual(["/oolong"]); // By the server, once for both.
  await expectAccessible(bo.page);
  const popup = bo.page.waitForEvent("popup");
  await card(bo, "Oolong, the blue tea").click();
  expect((await popup).url()).toBe(link);

  // What it was known to be shows with the row, and a link that is known asks nobody.
  await server.stop();
  await bo.page.reload();
  await bo.signedIn();
  await openFirst(bo);
  await expect(card(bo, "Oolong, the blue tea")).toBeVisible();
  await server.restart();
  await say(ana, `Again: ${link}`);
  await expect(card(bo, "Oolong, the blue tea")).toHaveCount(2);

  // No page, code, and an edited link.
  await say(ana, `nothing there: http://${site.host}/none`);
  await expect.poll(() => site.asked).toContain("/none");
  const code = site.page("/code", { title: "Code" });
  const [conversation] = await call<{ id: string }[]>(ana, "Chat", "Conversations");
  const id = conversation?.id ?? "";
  await call(ana, "Chat", "Send", { conversation_id: id, text: `in code: \`${code}\`` });
  await expect(messages(bo).last()).toContainText("in code");
  await expect(messages(bo).last().getByRole("link")).toHaveCount(0);
  expect(site.asked).not.toContain("/code");
  const green = site.page("/green", { title: "Green tea" });
  type Page = { messages: { id: string; text: string }[] };
  const page = await call<Page>(ana, "History", "Page", { conversation_id: id });
  const first = page.messages.find((m) => m.text.startsWith("Read this"))?.id;
  await call(ana, "Chat", "Edit", { conversation_id: id, message_id: first, text: `No: ${green}` });
  await expect(card(bo, "Green tea")).toBeVisible();
  await expect(card(bo, "Oolong, the blue tea")).toHaveCount(1);
});

test("whoever wants no previews sees none and has nobody asked", async ({ people, site }) => {
  test.setTimeout(120_000);
  const { ana, bo } = people;
  await befriend(ana, bo);
  const known = site.page("/known", { title: "Known" });
  const later = site.page("/later", { title: "Later" });
  await openFirst(bo);
  await openFirst(ana);
  await say(ana, known);
  await expect(card(bo, "Known")).toBeVisible();
  for (const one of [ana, bo]) {
    await one.settings("Chat");
    await one.page.getByRole("switch", { name: "Link previews" }).click();
  }
  await shots(bo.page, "settings-chat-previews");
  for (const one of [ana, bo]) {
    await one.page
      .getByRole("button", { name: /^Messages/ })
      .first()
      .click();
    await openFirst(one);
  }
  await say(ana, later);
  await expect(messages(bo).last()).toContainText("/later");
  await expect(bo.page.getByRole("link", { name: /^Link preview/ })).toHaveCount(0);
  expect(site.asked).toEqual(["/known"]);
  await bo.settings("Chat");
  await bo.page.getByRole("switch", { name: "Link previews" }).click();
  await bo.page
    .getByRole("button", { name: /^Messages/ })
    .first()
    .click();
  await openFirst(bo);
  await expect(card(bo, "Later")).toBeVisible();
  await expect(card(bo, "Known")).toBeVisible();
});

test("what comes late moves nothing that is being read", async ({ people, site }) => {
  test.setTimeout(120_000);
  const { ana, bo } = people;
  const id = await befriend(ana, bo);
  const release = site.hold();
  for (let i = 1; i <= 40; i++) {
    const link = site.page(`/page-${i}`, {
      title: `Page ${i}`,
      description: "A description of the page that is long enough for a second line of it. ".repeat(
        2,
      ),
    });
    const text = i % 3 === 0 ? `${i}: ${link}` : `${i}: a line without one`;
    await call(ana, "Chat", "Send", { conversation_id: id, text });
  }
  await openFirst(bo);
  await expect(messages(bo).last()).toContainText("40: ");
  const list = bo.page.locator('[data-region="messages"]');
  const firstShown = () =>
    list.evaluate((box) => {
      const top = box.getBoundingClientRect().top;
      const rows = [...box.querySelectorAll<HTMLElement>("[data-row]")];
      const row = rows.find((r) => r.getBoundingClientRect().top >= top);
      return { id: row?.dataset.row ?? "", at: (row?.getBoundingClientRect().top ?? 0) - top };
    });
  const placeOf = (row: string) =>
    list.evaluate((box, wanted) => {
      const rows = [...box.querySelectorAll<HTMLElement>("[data-row]")];
      const at = rows.find((r) => r.dataset.row === wanted)?.getBoundingClientRect().top ?? NaN;
      return at - box.getBoundingClientRect().top;
    }, row);
  await list.hover();
  await bo.page.mouse.wheel(0, -700);
  await expect
    .poll(() => list.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight))
    .toBeGreaterThan(500);
  await expect.poll(() => site.asked.length).toBeGreaterThan(0);
  const before = await firstShown();
  release();
  await expect
    .poll(() => bo.page.getByRole("link", { name: /^Link preview/ }).count())
    .toBeGreaterThan(5);
  expect(Math.abs((await placeOf(before.id)) - before.at)).toBeLessThan(1.5);
});

test("no words of a page break the bubble", async ({ people, site }) => {
  test.setTimeout(120_000);
  const { ana, bo } = people;
  const id = await befriend(ana, bo);
  await openFirst(bo);
  const lines = [
    [
      "/plain",
      {
        title: "莫干山东线环线轨迹",
        description: "约 5 小时，难度中等，路况良好",
        site: "青屿步道",
      },
    ],
    ["/long", { title: "x".repeat(190), description: "y".repeat(390), site: "z".repeat(80) }],
    [
      "/rtl",
      { title: "الشاي الأزرق وكيف يُزرع", description: "كل شيء عن الشاي", site: "بيت الشاي" },
    ],
    ["/title", { title: "Only a title" }],
  ] as const;
  for (const [path, about] of lines) {
    await call(ana, "Chat", "Send", { conversation_id: id, text: site.page(path, about) });
  }
  await call(bo, "Chat", "Send", { conversation_id: id, text: `Mine: http://${site.host}/plain` });
  await expect(bo.page.getByRole("link", { name: /^Link preview/ })).toHaveCount(5);
  for (const width of [1280, 390, 360]) {
    await bo.page.setViewportSize({ width, height: 800 });
    const wide = await bo.page.getByRole("link", { name: /^Link preview/ }).evaluateAll((cards) =>
      cards.filter((c) => {
        const bubble = c.closest("[data-bubble]")?.getBoundingClientRect();
        const box = c.getBoundingClientRect();
        const out = !bubble || box.right > bubble.right || box.left < bubble.left;
        return out || c.scrollWidth > c.clientWidth;
      }),
    );
    expect(wide, `cards that overflow at ${width}`).toHaveLength(0);
  }
  await bo.page.setViewportSize({ width: 1280, height: 800 });
  await expectAccessible(bo.page);
  await shots(bo.page, "link-previews", { everywhere: true });
});
