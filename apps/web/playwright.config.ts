import { defineConfig } from "@playwright/test";

/**
 * `cargo xtask test` starts the servers and the browser and says where they are:
 *
 * BASE_URL        the app
 * CHROMIUM_CDP    the browser; without it, CHROMIUM_BIN or Debian's Chromium is started
 * DATABASE_FILE   the auth server's SQLite file, for tests that end a session behind its back
 * MAIL_FOLDER     where the auth server puts its mails
 * SCREENSHOT_DIR  where pictures of every page go
 */
export default defineConfig({
  testDir: "browser",
  outputDir: "test-results",
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  forbidOnly: true,
});
