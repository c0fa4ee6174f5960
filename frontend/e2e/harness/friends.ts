import { expect } from "@playwright/test";
import { password } from "./person";
import type { Identity, Person } from "./person";

/** The same account on another machine. */
export async function again(person: (identity: Identity) => Promise<Person>, who: Person) {
  const second = await person(who.identity);
  await second.page.getByLabel("Username").fill(who.identity.username);
  await second.page.getByLabel("Password", { exact: true }).fill(password);
  await second.page.getByRole("button", { name: "Sign in", exact: true }).click();
  await second.signedIn();
  await expect(row(second)).not.toHaveCount(0);
  return second;
}

/** Calls the bridge of a person's own machine, as the page does. */
export function call<T = unknown>(
  person: Person,
  struct: string,
  method: string,
  ...args: unknown[]
): Promise<T> {
  return person.page.evaluate(
    async ([path, body]) => {
      const answer = await fetch(path ?? "", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${path}: ${text}`);
      return (text === "" ? undefined : JSON.parse(text)) as T;
    },
    [`./call/${struct}/${method}`, JSON.stringify(args)] as const,
  );
}

/** Asks by call and answers by call; the conversation's id, once both have it. */
export async function befriend(a: Person, b: Person, message = "Hello"): Promise<string> {
  const [card] = await call<{ profile: { id: string } }[]>(a, "Friends", "Search", {
    query: b.identity.username,
  });
  await call(a, "Friends", "Ask", { user_id: card?.profile.id, message });
  type Request = { id: string; state: string; from: { username: string } };
  let request: Request | undefined;
  await expect(async () => {
    const requests = await call<Request[]>(b, "Friends", "Requests");
    request = requests.find((r) => r.state === "pending");
    expect(request).toBeDefined();
  }).toPass();
  await call(b, "Friends", "Answer", { request_id: request?.id, answer: "accept" });
  for (const one of [a, b]) await expect(row(one)).toHaveCount(1);
  const [conversation] = await call<{ id: string }[]>(a, "Chat", "Conversations");
  return conversation?.id ?? "";
}

/** The rows of a person's conversation list. */
export const row = (person: Person) =>
  person.page.getByRole("list", { name: "Conversations" }).getByRole("button");

/** The field of the open conversation. */
export const composer = (person: Person) =>
  person.page.getByRole("textbox", { name: /^Message to/ });

/** The messages that are mounted in the open conversation. */
export const messages = (person: Person) =>
  person.page.getByRole("log", { name: "Messages" }).getByRole("article");

/** Opens the conversation that is first in the list. */
export async function openFirst(person: Person) {
  await row(person).first().click();
  await expect(person.page.getByRole("log", { name: "Messages" })).toBeVisible();
}

/** Writes a text into the open conversation and sends it with Enter. */
export async function say(person: Person, text: string) {
  await composer(person).fill(text);
  await composer(person).press("Enter");
  await expect(messages(person).filter({ hasText: text }).last()).toBeVisible();
}

/** Waits until the server has what was written last, and so all before it: only then is it answered, starred or pinned. */
export async function sent(person: Person) {
  await expect(messages(person).last()).toContainText(/Sent|Delivered|Read/);
}
