import { expectAccessible } from "./harness/axe";
import { befriend, composer, messages, openFirst, row, say } from "./harness/friends";
import { expect, test } from "./harness/people";
import { shots } from "./harness/shots";

test("a text shows its markup, and nothing that was not meant as such", async ({ people }) => {
  test.setTimeout(120_000);
  const { ana, bo } = people;
  await befriend(ana, bo);
  await openFirst(ana);
  await openFirst(bo);
  await composer(ana).fill("这是**重点**，_the rest_ ~~is gone~~: run `go test ./...`");
  await composer(ana).press("Enter");
  const marked = messages(bo).last();
  await expect(marked.locator("strong")).toHaveText("重点");
  await expect(marked.locator("em")).toHaveText("the rest");
  await expect(marked.locator("s")).toHaveText("is gone");
  await expect(marked.locator("code")).toHaveText("go test ./...");
  await expect(row(bo)).toContainText("这是重点，the rest is gone: run go test ./...");

  await composer(ana).fill(
    '> Did it work?\nIt did:\n```go\nfunc main() {\n\tfmt.Println("你好") // greets\n}\n```',
  );
  await composer(ana).press("Enter");
  const block = messages(bo).last();
  await expect(block.getByRole("blockquote")).toHaveText("Did it work?");
  await expect(block.locator("[data-tone=keyword]").first()).toHaveText("func");
  await expect(block.locator("[data-tone=comment]")).toHaveText("// greets");
  await expect(block.locator("code")).toHaveText(
    'func main() {\n\tfmt.Println("你好") // greets\n}',
  );
  await expectAccessible(bo.page);

  await say(bo, "2*3*4 <b>is</b> snake_case and C:\\*.*");
  await expect(messages(ana).last().locator("em, strong, b")).toHaveCount(0);
  await expect(messages(ana).last()).toContainText("2*3*4 <b>is</b> snake_case and C:\\*.*");

  await composer(bo).fill("very nice");
  await composer(bo).selectText();
  await composer(bo).press("Control+b");
  await expect(composer(bo)).toHaveValue("**very nice**");
  await composer(bo).press("Control+b");
  await expect(composer(bo)).toHaveValue("very nice");
  await composer(bo).fill("");
  await shots(bo.page, "markup");
});
