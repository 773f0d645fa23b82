import tseslint from "typescript-eslint";

export default tseslint.config(tseslint.configs.recommended, {
  files: ["reference/*.mjs", "differential/*.mjs"],
  languageOptions: { globals: { console: "readonly", process: "readonly", Buffer: "readonly", URL: "readonly" } },
});
