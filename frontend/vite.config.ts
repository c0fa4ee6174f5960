import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { licences } from "./scripts/licences.ts";

// The oldest engines the page must run in: macOS 12.3's web view, Linux
// distributions' WebKitGTK 2.36, WebView2.
const target = ["safari15.4", "chrome110"];

/** Copies the emoji data that the picker fetches, so that nothing comes from a network. */
function emojiData(): Plugin {
  const from = dirname(createRequire(import.meta.url).resolve("emojibase-data/package.json"));
  const files = ["en", "zh"].flatMap((l) => ["data", "messages"].map((f) => `${l}/${f}.json`));
  return {
    name: "emoji-data",
    configureServer(server) {
      server.middlewares.use("/emoji", (req, res, next) => {
        const name = files.find((f) => req.url === `/${f}`);
        if (!name) return next();
        res.setHeader("Content-Type", "application/json");
        import("node:fs").then((fs) => fs.createReadStream(join(from, name)).pipe(res), next);
      });
    },
    writeBundle(options) {
      const out = options.dir ?? "dist";
      for (const f of files) {
        mkdirSync(dirname(join(out, "emoji", f)), { recursive: true });
        copyFileSync(join(from, f), join(out, "emoji", f));
      }
    },
  };
}

/** Builds the virtual lists with a Map that lets rows go in WebKit: smallMap.ts says why. */
function smallMap(): Plugin {
  let done = false;
  return {
    name: "small-map",
    apply: "build",
    transform(code, id) {
      if (!id.endsWith("/virtua/lib/index.js")) return;
      done = true;
      return { code: `import { SmallMap as Map } from "/src/ui/smallMap.ts";\n${code}`, map: null };
    },
    buildEnd(error) {
      if (!error && !done) this.error("virtua is not where it was: its lists keep a Map");
    },
  };
}

/** Keeps the file by which git holds dist/, which embeds into the Go programs. */
function keepDist(): Plugin {
  return {
    name: "keep-dist",
    apply: "build",
    writeBundle(options) {
      writeFileSync(join(options.dir ?? "dist", ".gitkeep"), "");
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [react(), smallMap(), emojiData(), licences(), keepDist()],
  build: {
    target,
    cssTarget: target,
    emptyOutDir: true,
    assetsInlineLimit: 0, // The page's policy allows no data: resources.
    chunkSizeWarningLimit: 900,
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["./vitest.setup.ts"],
    css: { modules: { classNameStrategy: "non-scoped" } },
    restoreMocks: true,
    testTimeout: 20_000, // Machines that test are busy.
  },
});
