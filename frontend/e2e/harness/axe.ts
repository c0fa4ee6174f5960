import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect } from "@playwright/test";
import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails with axe's own words if the page as it stands breaks one of its rules. */
export async function expectAccessible(page: Page) {
  // Colours that are still fading have no contrast that counts. A spinner goes on for ever.
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((a) => a.effect?.getComputedTiming().endTime !== Infinity)
        .map((a) => a.finished),
    ).catch(() => undefined),
  );
  await page.evaluate(source);
  const results = await page.evaluate<AxeResults>("axe.run()");
  const faults = results.violations.map((v) => ({
    rule: v.id,
    help: v.help,
    at: v.nodes.map((n) => `${n.target.join(" ")}: ${n.failureSummary ?? ""}`),
  }));
  expect(faults).toEqual([]);
}
