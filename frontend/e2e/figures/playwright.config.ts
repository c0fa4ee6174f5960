import { defineConfig } from "@playwright/test";
import base from "../playwright.config";

/** What `make bench` measures of the page; nothing here is a test with a limit. */
export default defineConfig(base, {
  testDir: ".",
  testMatch: "*.figures.ts",
  outputDir: "../../test-results",
  globalSetup: "../harness/build.ts",
  timeout: 30 * 60_000,
  reporter: [["line"]],
  use: { trace: "off" },
});
