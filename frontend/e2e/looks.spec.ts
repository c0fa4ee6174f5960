import type { Page } from "@playwright/test";
import { call, composer, messages, openFirst, row, say } from "./harness/friends";
import { expect, test } from "./harness/people";
import { password } from "./harness/person";
import type { Person } from "./harness/person";
import { folder, shots } from "./harness/shots";

// Pictures of a window in use, to be looked at. What the window does is tested elsewhere.
test.skip(!folder, "MYCHAT_TEST_SHOTS names no folder for pictures");

/** Makes the account through the bridge, without the form. */
async function join(person: Person) {
  await call(person, "Auth", "Register", {
    server: person.server.url,
    password,
    invite: "",
    remember: true,
    auto: false,
    ...person.identity,
  });
  await person.signedIn();
}

/** Sends messages of both sides of a conversation, in turn. */
async function talk(id: string, lines: readonly (readonly [Person, string])[]) {
  for (const [i, [who, text]] of lines.entries()) {
    await call(who, "Chat", "Send", { conversation_id: id, text });
    await expect(async () => {
      for (const one of new Set(lines.map(([p]) => p))) {
        const page = await call<{ messages: { text: string; status: string }[] }>(
          one,
          "History",
          "Page",
          { conversation_id: id },
        );
        const last = page.messages.at(-1);
        expect(last, `line ${i}`).toMatchObject({ text, status: "sent" });
      }
    }).toPass();
  }
}

/** Changes what a call answers, until the page is loaded anew. */
async function answer(page: Page, path: string, change: (body: string) => string) {
  await page.route(`**/call/${path}`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: change(await response.text()) });
  });
}

const section = (page: Page, name: RegExp) => page.getByRole("button", { name }).first().click();

test("a window in use", async ({ person }) => {
  test.setTimeout(900_000);
  const lin = await person({ username: "lin_ran", nickname: "林然" });
  const { page } = lin;
  await join(lin);
  const friends: Person[] = [];
  for (const [username, nickname] of [
    ["shen_zhixia", "沈知夏"],
    ["alex_morgan", "Alex Morgan"],
    ["gu_beichen", "顾北辰"],
    ["zhou_ye", "周野"],
    ["emma_fraser", "Emma Fraser-Whitcombe, Thornbury"],
  ] as const) {
    const friend = await person({ username, nickname });
    await join(friend);
    friends.push(friend);
    const [card] = await call<{ profile: { id: string } }[]>(friend, "Friends", "Search", {
      query: "lin_ran",
    });
    await call(friend, "Friends", "Ask", { user_id: card?.profile.id, message: "" });
    type Request = { id: string; state: string };
    await expect(async () => {
      const request = (await call<Request[]>(lin, "Friends", "Requests")).find(
        (r) => r.state === "pending",
      );
      await call(lin, "Friends", "Answer", { request_id: request?.id, answer: "accept" });
    }).toPass();
  }
  await expect(row(lin)).toHaveCount(friends.length);
  type Conversation = { id: string; peer: { username: string } };
  const list = await call<Conversation[]>(lin, "Chat", "Conversations");
  const idOf = (friend: Person) =>
    list.find((c) => c.peer.username === friend.identity.username)?.id ?? "";
  const [zhixia, alex, beichen, zhou, emma] = friends as [Person, Person, Person, Person, Person];

  await talk(idOf(emma), [[emma, "See you at the station, it’s the 18:42 — don’t be late…"]]);
  await talk(idOf(zhou), [[lin, "好的，收到"]]);
  await talk(idOf(beichen), [
    [beichen, "排练室订到了，周六下午两点到五点"],
    [beichen, "贝斯线我重新写了一版，你听听看"],
    [beichen, "在吗？"],
  ]);
  await talk(idOf(alex), [
    [alex, "Morning! Did you get the numbers for “Q3”?"],
    [lin, "Yes — they’re in the shared folder, page 4."],
    [
      alex,
      "Great. I’ll go through them on the train and write down whatever looks odd; the margin in particular can’t be right, it’s more than twice what we had in spring, and nobody has changed a price since then.",
    ],
    [alex, "https://example.com/reports/2026/third-quarter?view=summary"],
    [lin, "👍"],
  ]);
  await talk(idOf(zhixia), [
    [zhixia, "下周三的分享你准备得怎么样了？"],
    [lin, "提纲写好了，还差两张图。今晚给你看？"],
    [zhixia, "好，不急。“慢就是快”——你自己说的 😄"],
    [
      lin,
      "这次主要讲三件事：消息为什么不会丢、断网时写下的话怎样按顺序发出去，以及换一台电脑之后历史记录从哪里来。每一件事都配一个小实验，大家可以自己动手试。",
    ],
    [zhixia, "地址：https://example.com/sharing?id=42 我已经填好报名表了"],
    [zhixia, "OK，那就这么定"],
    [lin, "嗯，晚上见"],
  ]);

  await shots(page, "window-list", { everywhere: true });
  await openFirst(lin);
  await expect(messages(lin)).toHaveCount(7);
  await openFirst(zhixia);
  await expect(messages(lin).last()).toContainText("Read");
  await shots(page, "window-chat", { everywhere: true });
  const shown = await call<{ messages: { id: string; kind: string }[] }>(lin, "History", "Page", {
    conversation_id: idOf(zhixia),
  });
  const ids = shown.messages.filter((m) => m.kind === "text").map((m) => m.id);
  for (const [who, nth, emoji] of [
    [zhixia, 1, "👍"],
    [lin, 2, "😂"],
    [zhixia, 2, "😂"],
    [zhixia, 2, "❤️"],
    [zhixia, 3, "🎉"],
  ] as const) {
    const one = { conversation_id: idOf(zhixia), message_id: ids[nth] };
    await call(who, "Chat", "React", { ...one, emoji, on: true });
  }
  for (const nth of [0, 3]) {
    const one = { conversation_id: idOf(zhixia), message_id: ids[nth] };
    await call(lin, "Chat", "Pin", { ...one, on: true });
  }
  await expect(page.getByRole("region", { name: "Pinned messages" })).toContainText("2 of 2");
  await expect(page.getByRole("button", { name: /^🎉 1/ })).toBeVisible();
  await shots(page, "window-pins-reactions", { everywhere: true });
  await answer(page, "History/Page", (body) => {
    const got = JSON.parse(body) as { messages: { text: string; link?: object }[] };
    for (const m of got.messages.filter((one) => one.text.includes("https://"))) {
      m.link = {
        url: "https://example.com/sharing?id=42",
        until_ms: Date.now() + 3_600_000,
        title: "周三分享会：断网以后，消息去了哪里",
        description: "三个小实验，大家可以自己动手试。带上电脑，不需要提前安装什么。",
        site: "青屿技术沙龙",
        host: "sharing.example.com",
      };
    }
    return JSON.stringify(got);
  });
  await page.reload();
  await openFirst(lin);
  await expect(page.getByRole("link", { name: /^Link preview/ })).toBeVisible();
  await shots(page, "window-link-preview", { everywhere: true });
  await page.unroute("**/call/History/Page");
  const starred = { conversation_id: idOf(zhixia), message_ids: [ids[2], ids[3], ids[5]] };
  await call(lin, "Chat", "Star", { ...starred, on: true });
  await page.getByRole("button", { name: "Starred messages" }).click();
  await expect(page.getByRole("dialog").getByRole("listitem")).toHaveCount(3);
  await shots(page, "window-starred", { everywhere: true });
  await page.keyboard.press("Escape");
  await composer(lin).fill("第一行草稿\n第二行，还没有写完");
  await page.getByRole("button", { name: "Emoji" }).click();
  await expect(page.getByRole("gridcell").first()).toBeVisible();
  await shots(page, "window-emoji", { everywhere: true });
  await page.keyboard.press("Escape");
  await composer(lin).fill("字".repeat(10_003));
  await shots(page, "window-too-long");
  await composer(lin).fill("");
  await messages(lin).nth(2).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Copy" })).toBeVisible();
  await shots(page, "window-message-menu");
  await page.keyboard.press("Escape");
  await row(lin).nth(2).click({ button: "right" });
  await expect(page.getByRole("menuitem", { name: "View profile" })).toBeVisible();
  await shots(page, "window-list-menu");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /account menu/ }).click();
  await shots(page, "window-account-menu");
  await page.keyboard.press("Escape");
  await row(lin).nth(1).click();
  await expect(messages(lin)).toHaveCount(5);
  await shots(page, "window-chat-english", { everywhere: true });

  await section(page, /^Contacts/);
  await shots(page, "window-contacts", { everywhere: true });
  await page
    .getByRole("list", { name: "Contacts" })
    .getByRole("button", { name: /沈知夏/ })
    .click();
  await shots(page, "window-profile", { everywhere: true });
  await page.getByRole("button", { name: "Edit remark" }).click();
  await shots(page, "window-profile-remark");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await shots(page, "window-profile-menu");
  await page.keyboard.press("Escape");
  for (const [username, nickname, message] of [
    [
      "song_qing",
      "宋青",
      "我是上周读书会坐你旁边的宋青，想跟你借那本讲航海的书，看完一周之内还给你。",
    ],
    ["jo_baker", "Jo Baker", "Hello from the climbing gym"],
  ] as const) {
    const stranger = await person({ username, nickname });
    await join(stranger);
    const [card] = await call<{ profile: { id: string } }[]>(stranger, "Friends", "Search", {
      query: "lin_ran",
    });
    await call(stranger, "Friends", "Ask", { user_id: card?.profile.id, message });
  }
  await page.getByRole("button", { name: /^Friend requests, 2|^Friend requests/ }).click();
  await expect(page.getByText("Hello from the climbing gym")).toBeVisible();
  await shots(page, "window-requests", { everywhere: true });

  for (const name of ["Account", "Appearance", "Notifications"]) {
    await lin.settings(name);
    await shots(page, `window-settings-${name.toLowerCase()}`, { everywhere: true });
  }
  await lin.settings("Account");
  await page.getByRole("button", { name: "Edit nickname" }).click();
  await shots(page, "window-dialog-nickname");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Change" }).click();
  await shots(page, "window-dialog-password");
  await page.keyboard.press("Escape");
  await lin.settings("About");
  await page.getByRole("button", { name: /licences/i }).click();
  await shots(page, "window-dialog-licences");
  await page.keyboard.press("Escape");

  // What does not come: the list's and the conversation's places.
  await section(page, /^Messages/);
  await page.route("**/call/Chat/Conversations", () => {});
  await page.reload();
  await lin.signedIn();
  await shots(page, "skeleton-list");
  await page.unroute("**/call/Chat/Conversations");
  await page.route("**/call/History/Page", () => {});
  await page.reload();
  await row(lin).first().click();
  await shots(page, "skeleton-conversation", { everywhere: true });
  await page.unroute("**/call/History/Page");
  await page.route("**/call/Auth/State", () => {});
  await page.reload();
  await shots(page, "skeleton-window");
  await page.unroute("**/call/Auth/State");

  // What the server refused.
  await answer(page, "History/Page", (body) => {
    const got = JSON.parse(body) as {
      messages: { mine: boolean; status: string; error_code: string; seq: number }[];
    };
    for (const m of got.messages.filter((one) => one.mine).slice(-2)) {
      m.status = "failed";
      m.error_code = "too_large";
    }
    return JSON.stringify(got);
  });
  await page.reload();
  await openFirst(lin);
  await shots(page, "window-failed", { everywhere: true });
  await messages(lin).last().focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem").first()).toBeVisible();
  await shots(page, "window-failed-menu");
  await page.keyboard.press("Escape");
  await page.unroute("**/call/History/Page");

  await lin.server.stop();
  await expect(page.getByText(/No connection to/).first()).toBeVisible();
  await page.reload();
  await openFirst(lin);
  for (const text of ["在路上了", "到了告诉你", "Still on the train"]) await say(lin, text);
  await shots(page, "window-offline-queued", { everywhere: true });
  await messages(lin).first().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Copy" }).click();
  await expect(page.getByText("Copied")).toBeVisible();
  await shots(page, "window-toast");
});
