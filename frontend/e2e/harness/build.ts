import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const frontend = path.resolve(import.meta.dirname, "../..");
const root = path.resolve(frontend, "..");

/**
 * Builds the page, which the browser host embeds, and both programs, into a
 * folder of this run. MYCHAT_TEST_BIN names a folder that has them already.
 */
export default function build() {
  const given = process.env.MYCHAT_TEST_BIN;
  if (given && existsSync(path.join(given, "mychat-browser"))) return;
  const bin = mkdtempSync(path.join(tmpdir(), "mychat-e2e-bin-"));
  execFileSync("npm", ["run", "build"], { cwd: frontend, stdio: "inherit" });
  for (const [name, pkg] of [
    ["mychat-server", "./server"],
    ["mychat-browser", "./cmd/mychat-browser"],
  ] as const) {
    const args = ["build", "-o", path.join(bin, name), pkg];
    execFileSync("go", args, {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, CGO_ENABLED: "0" },
    });
  }
  process.env.MYCHAT_TEST_BIN = bin; // Workers inherit it.
  return () => rmSync(bin, { recursive: true, force: true });
}
