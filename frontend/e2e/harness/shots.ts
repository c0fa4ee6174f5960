import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Page } from "@playwright/test";

/** Where pictures go; without it none are taken. */
export const folder = process.env.MYCHAT_TEST_SHOTS;

const usual = { wide: [1280, 800], narrow: [390, 844] } as const;
const further = { small: [360, 640], medium: [960, 640], huge: [2560, 1440] } as const;

type ShotsOptions = {
  /** Also at the smallest, a middling and the largest window. */
  everywhere?: boolean;
};

/**
 * Takes pictures of what the page shows, to be looked at: in both languages,
 * both themes and at several sizes. They lie in the folder that
 * MYCHAT_TEST_SHOTS names; without it nothing happens.
 */
export async function shots(page: Page, name: string, options: ShotsOptions = {}) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const before = page.viewportSize();
  const settings = await page.evaluate(settingsCall, ["Get", ""] as const);
  const sizes = options.everywhere ? { ...usual, ...further } : usual;
  for (const [lang, language] of [
    ["en", "en"],
    ["zh", "zh-CN"],
  ] as const) {
    await put(page, { ...settings, language }, `html[lang="${language}"]`);
    for (const theme of ["light", "dark"] as const) {
      await put(page, { ...settings, language, theme }, `html[data-theme="${theme}"]`);
      for (const [size, [width, height]] of Object.entries(sizes)) {
        await page.setViewportSize({ width, height });
        const file = path.join(folder, `${name}-${lang}-${theme}-${size}.png`);
        await page.screenshot({ path: file, animations: "disabled" });
      }
    }
  }
  if (before) await page.setViewportSize(before);
  const lang = settings.language === "zh-CN" ? "zh-CN" : "en"; // The tests' system speaks English.
  await put(page, settings, `html[lang="${lang}"]`);
}

type Settings = { language: string; theme: string };

/** Changes the settings as another window would, and waits until the page shows it. */
async function put(page: Page, settings: Settings, shown: string) {
  await page.evaluate(settingsCall, [
    "Change",
    JSON.stringify({ names: ["language", "theme"], settings }),
  ] as const);
  await page.locator(shown).waitFor({ state: "attached" });
}

async function settingsCall([method, settings]: readonly ["Get" | "Change", string]) {
  const answer = await fetch(`./call/Settings/${method}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: `[${settings}]`,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return (text ? JSON.parse(text) : {}) as Settings;
}
