import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "tokens/**/*.test.ts"],
    globalSetup: "src/servers.ts",
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Scenarios of one server pair share its rate limits and its database.
    fileParallelism: false,
  },
});
