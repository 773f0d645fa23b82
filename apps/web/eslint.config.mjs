import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: [".next/", "next-env.d.ts", "test-results/", "playwright-report/"] },
  tseslint.configs.recommended,
  hooks.configs.flat.recommended,
);
