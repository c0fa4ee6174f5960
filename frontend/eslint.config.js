import globals from "globals";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";
import { doorsRule } from "./eslint/doors.js";

const onlyInBridge = ["go", "runtime"].map((property) => ({
  object: "window",
  property,
  message: "Only src/bridge talks to the host.",
}));

export default tseslint.config(
  { ignores: ["dist", "wailsjs", "node_modules", "test-results", "public"] },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { "react-hooks": hooks, mychat: { rules: { doors: doorsRule } } },
    rules: {
      ...hooks.configs.recommended.rules,
      "mychat/doors": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-definitions": ["error", "type"],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-misused-promises": [
        "error",
        { checksVoidReturn: { attributes: false } },
      ],
      // Code points are what the server counts; where readers' characters matter,
      // Intl.Segmenter is used.
      "@typescript-eslint/no-misused-spread": [
        "error",
        { allow: [{ from: "lib", name: "string" }, "string"] },
      ],
      "no-restricted-properties": ["error", ...onlyInBridge],
      eqeqeq: "error",
    },
  },
  {
    files: [
      "src/bridge/**",
      "src/testing/**",
      "**/*.test.{ts,tsx}",
      "e2e/**",
      "scripts/**",
      "vitest.setup.ts",
    ],
    rules: {
      "@typescript-eslint/consistent-type-assertions": "off",
      "@typescript-eslint/no-empty-function": "off",
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/prefer-promise-reject-errors": "off", // Transports reject with what crossed.
      "no-restricted-properties": "off",
    },
  },
  { files: ["**/*.js"], extends: [tseslint.configs.disableTypeChecked] },
);
