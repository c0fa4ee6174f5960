import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

type Licence = { name: string; version: string; licence: string };
type Package = Licence & { folder: string };

const id = "virtual:licences";

/**
 * Serves the module `virtual:licences`: what the built product contains and
 * under which licence. The page's own packages come from node_modules, the Go
 * modules from licences-go.json where the build made one. The texts for the
 * page's packages, which must travel with it, become THIRD-PARTY.txt beside it.
 */
export function licences(): Plugin {
  let root = "";
  return {
    name: "licences",
    configResolved: (config) => void (root = config.root),
    resolveId: (name) => (name === id ? "\0" + id : undefined),
    load: (name) =>
      name === "\0" + id
        ? `export const npm = ${JSON.stringify(npm(root).map(named))};\nexport const go = ${JSON.stringify(go(root))};`
        : undefined,
    generateBundle() {
      const source = npm(root).map(text).join("");
      this.emitFile({ type: "asset", fileName: "THIRD-PARTY.txt", source });
    },
  };
}

const named = ({ name, version, licence }: Package): Licence => ({ name, version, licence });

function text({ name, version, licence, folder }: Package): string {
  const files = readdirSync(folder).filter((f) => /^(licen[cs]e|notice)([-.]|$)/i.test(f));
  if (files.length === 0) throw new Error(`${name} has no licence file`);
  const texts = files.map((f) => readFileSync(join(folder, f), "utf8"));
  return `\n\n======== ${name} ${version} (${licence})\n\n${texts.join("\n")}`;
}

type Manifest = {
  name: string;
  version: string;
  license?: string;
  dependencies?: Record<string, string>;
};

/** The packages that the page's own dependencies pull in, by name. */
function npm(root: string): Package[] {
  const found = new Map<string, Package>();
  const visit = (name: string, from: string): void => {
    if (found.has(name)) return;
    const at = [join(from, "node_modules", name), join(root, "node_modules", name)].find(
      existsSync,
    );
    if (!at) return; // An optional peer that is not installed.
    const m = manifest(join(at, "package.json"));
    found.set(name, { name, version: m.version, licence: m.license ?? "?", folder: at });
    Object.keys(m.dependencies ?? {}).forEach((d) => visit(d, at));
  };
  Object.keys(manifest(join(root, "package.json")).dependencies ?? {}).forEach((d) =>
    visit(d, root),
  );
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, "en"));
}

function go(root: string): Licence[] {
  if (!readdirSync(root).includes("licences-go.json")) return [];
  return JSON.parse(readFileSync(join(root, "licences-go.json"), "utf8")) as Licence[];
}

const manifest = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Manifest;
