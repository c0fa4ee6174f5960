import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Page } from "@playwright/test";

const sizes = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } } as const;

/**
 * Takes pictures of what the page shows, to be looked at: in both themes and
 * at both sizes, in the language that it is in. They lie in the folder that
 * MYCHAT_TEST_SHOTS names; without it nothing is taken.
 */
export async function shots(page: Page, name: string) {
  const folder = process.env.MYCHAT_TEST_SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const lang = (await page.locator("html").getAttribute("lang")) === "en" ? "en" : "zh";
  const before = page.viewportSize();
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport);
      const file = path.join(folder, `${name}-${lang}-${theme}-${size}.png`);
      await page.screenshot({ path: file, animations: "disabled" });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  if (before) await page.setViewportSize(before);
}
