import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Tokens are ours: with Better Auth on both sides there is nothing of ours to start.
    include: process.env.SUBJECT === "reference" ? ["src/**/*.test.ts"] : ["{src,tokens,passwords}/**/*.test.ts"],
    globalSetup: "src/servers.ts",
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Scenarios of one server pair share its rate limits and its database.
    fileParallelism: false,
  },
});
