import path from "node:path";

// Which room of src may import which: bridge <- state <- features <- shell.
// ui and i18n import nothing of ours; features never import features.
const doors = {
  bridge: ["wailsjs"],
  i18n: [],
  ui: [],
  state: ["bridge"],
  features: ["state", "bridge", "ui", "i18n"],
  shell: ["features", "state", "bridge", "ui", "i18n"],
  testing: ["shell", "features", "state", "bridge", "ui", "i18n"],
};

const isTest = (file) => /\.test\.tsx?$/.test(file);

/** The room of a file: the first folder under src, "shell" for files of src itself. */
function room(root, file) {
  const parts = path.relative(root, file).split(path.sep);
  if (parts[0] === "wailsjs") return { name: "wailsjs" };
  if (parts[0] !== "src") return null;
  if (parts.length === 2 && !(parts[1] in doors)) return { name: "shell" };
  return { name: parts[1], feature: parts[1] === "features" ? parts[2] : undefined };
}

/** An ESLint rule that holds the table above for relative imports. */
export const doorsRule = {
  meta: { type: "problem", schema: [], messages: { closed: "{{from}} must not import {{to}}" } },
  create(context) {
    const file = context.filename;
    const from = room(context.cwd, file);
    if (!from) return {};
    const check = (node) => {
      const source = node.source?.value ?? node.argument?.literal?.value;
      if (typeof source !== "string" || !source.startsWith(".")) return;
      const to = room(context.cwd, path.resolve(path.dirname(file), source));
      if (!to || (to.name === from.name && to.feature === from.feature)) return;
      if (isTest(file) && to.name === "testing") return;
      if (isTest(file) && ["state", "bridge", "i18n", "ui"].includes(to.name)) return;
      const open = to.name !== from.name && doors[from.name]?.includes(to.name);
      if (open) return;
      const show = (r) => (r.feature ? `features/${r.feature}` : r.name);
      context.report({ node, messageId: "closed", data: { from: show(from), to: show(to) } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      TSImportType: check,
      ImportExpression: check,
    };
  },
};
