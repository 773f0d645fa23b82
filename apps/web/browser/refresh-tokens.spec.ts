import path from "node:path";
import type { BrowserContext, Page } from "@playwright/test";
import { build } from "esbuild";
import { addTask, BASE_URL, expect, signUp, somebody, test } from "./fixture";

// `@countersign/client` with refresh tokens, beside the app's own client in its pages. Better Auth has none.
test.skip(process.env.AUTH_SERVER === "better-auth", "POST /token is Countersign's");

const CLIENT = `
  import { countersignClient } from "@countersign/client";
  import { createAuthClient } from "better-auth/client";
  const ends = [];
  const plugin = countersignClient({ grant: "refresh-token", name: "refresh tokens", onEnd: (why) => ends.push(why) });
  window.refreshing = { ends, tokens: createAuthClient({ plugins: [plugin] }).tokens };
`;

interface Refreshing {
  ends: string[];
  tokens: { get(wish?: { fresh?: boolean; refused?: string }): Promise<string> };
}

declare global {
  interface Window {
    refreshing: Refreshing;
  }
}

/** Starts the client in a page. */
async function start(page: Page): Promise<void> {
  const { outputFiles } = await build({
    stdin: { contents: CLIENT, resolveDir: path.join(import.meta.dirname, "..") },
    define: { "process.env.NODE_ENV": '"production"' },
    bundle: true,
    format: "iife",
    write: false,
  });
  await page.evaluate(outputFiles[0]?.text ?? "");
}

/** A new token, by the refresh token of this browser. */
function refresh(page: Page): Promise<string> {
  return page.evaluate(() => window.refreshing.tokens.get({ fresh: true }));
}

async function refreshCookie(context: BrowserContext) {
  const cookies = (await context.cookies(`${BASE_URL}/api/auth/token`)).filter(({ name }) => name.endsWith("refresh_token"));
  expect(cookies).toHaveLength(1);
  return cookies[0] ?? { name: "", value: "" };
}

test("a refresh token stays in a cookie that no script reads, and is another after each use", async ({ page }) => {
  await signUp(page, somebody());
  await start(page);
  const grants: string[] = [];
  page.on("request", (request) => {
    if (request.url() === `${BASE_URL}/api/auth/token` && request.method() === "POST") {
      grants.push(String(request.postDataJSON().grant_type));
    }
  });
  const first = await refresh(page);
  const cookie = await refreshCookie(page.context());
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/api/auth/token" });
  const second = await refresh(page);
  expect(second).not.toBe(first);
  expect((await refreshCookie(page.context())).value).not.toBe(cookie.value);
  expect(grants).toEqual(["refresh_token", "session", "refresh_token"]);
  const readable = await page.evaluate(() => JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]));
  expect(readable).not.toContain("refresh_token");
});

/** How many tabs wait for the one that asks. */
function waiting(page: Page): Promise<number | undefined> {
  return page.evaluate(async () => (await navigator.locks.query()).pending?.filter(({ name }) => name === "refresh tokens").length);
}

test("five tabs that want a new token at once ask once, and are not taken for thieves", async ({ page }) => {
  await signUp(page, somebody());
  const tabs = [page];
  for (let number = 2; number <= 5; number += 1) {
    const tab = await page.context().newPage();
    await tab.goto("/account");
    tabs.push(tab);
  }
  for (const tab of tabs) await start(tab);
  const refused = await refresh(page);
  let asked = 0;
  let answer = () => {};
  const allAreWaiting = new Promise<void>((resolve) => (answer = resolve));
  await page.context().route("**/api/auth/token", async (route) => {
    if (route.request().method() === "POST") {
      asked += 1;
      await allAreWaiting;
    }
    await route.continue();
  });
  // As when the API refuses it in all of them.
  const another = (tab: Page) => tab.evaluate((refused) => window.refreshing.tokens.get({ refused }), refused);
  const first = another(page);
  await expect.poll(() => asked).toBe(1);
  const others = tabs.slice(1).map(another);
  await expect.poll(() => waiting(page)).toBe(4);
  answer();
  const tokens = await Promise.all([first, ...others]);
  expect([asked, new Set(tokens).size]).toEqual([1, 1]);
  expect(tokens).not.toContain(refused);
  expect(await Promise.all(tabs.map((tab) => tab.evaluate(() => window.refreshing.ends)))).toEqual(Array(5).fill([]));
});

test("a refresh token that a thief uses ends the session of both, on the login page with a message", async ({
  page,
  otherPage,
}) => {
  await signUp(page, somebody());
  await addTask(page, "Before the theft");
  await start(page);
  await refresh(page);
  const stolen = await refreshCookie(page.context());
  await refresh(page);
  await refresh(page);

  const thief = (await otherPage()).context();
  await thief.addCookies([{ name: stolen.name, value: stolen.value, domain: "localhost", path: "/api/auth/token" }]);
  const answer = await thief.request.post("/api/auth/token", {
    data: { grant_type: "refresh_token" },
    headers: { origin: BASE_URL },
  });
  expect(answer.status()).toBe(400);
  expect(await answer.json()).toMatchObject({ error: "invalid_grant" });

  expect(await refresh(page).catch((error: Error) => error.message)).toContain("not signed in any more");
  expect(await page.evaluate(() => window.refreshing.ends)).toEqual(["expired"]);
  await page.getByLabel("New task").fill("After");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page).toHaveURL(/\/login\?returnUrl=%2Ftasks&error=session_expired$/);
  await expect(page.getByText("Your session has expired. Please sign in again.")).toBeVisible();
});
