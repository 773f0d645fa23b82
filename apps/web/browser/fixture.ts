import { test as base, type BrowserContextOptions, chromium, expect, type Page } from "@playwright/test";
import Database from "better-sqlite3";

export const BASE_URL = process.env.BASE_URL ?? "http://localhost:3000";
export const SCREENSHOTS = process.env.SCREENSHOT_DIR ?? "../../screenshots";

const LAUNCH = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Person {
  name: string;
  email: string;
  password: string;
}

let people = 0;

/** Somebody who has no account yet. */
export function somebody(name = "Ada Lovelace"): Person {
  people += 1;
  const unique = `${process.pid}-${people}-${performance.timeOrigin.toFixed(0)}`;
  return { name, email: `person-${unique}@example.com`, password: `a password of ${people} words` };
}

interface Fixtures {
  /** A browser of its own: no cookies, nothing remembered. */
  page: Page;
  /** Another one, for a second person or device. */
  otherPage: (options?: BrowserContextOptions) => Promise<Page>;
}

export const test = base.extend<Fixtures>({
  browser: [
    async ({}, provide) => {
      const address = process.env.CHROMIUM_CDP;
      const browser = address
        ? await chromium.connectOverCDP(address)
        : await chromium.launch({
            executablePath: process.env.CHROMIUM_BIN ?? "/usr/bin/chromium",
            args: LAUNCH,
          });
      await provide(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
  otherPage: async ({ browser }, provide) => {
    const contexts: { close(): Promise<void> }[] = [];
    await provide(async (options = {}) => {
      const context = await browser.newContext({ baseURL: BASE_URL, ...options });
      contexts.push(context);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },
  page: async ({ otherPage }, provide) => {
    await provide(await otherPage());
  },
});

/** Signs somebody up through the form; ends on the empty task list. */
export async function signUp(page: Page, person: Person): Promise<void> {
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign up" }).click();
  await expect(page).toHaveURL(/\/tasks$/);
  await expect(page.getByText("Nothing to do")).toBeVisible();
}

export async function fillLogin(page: Page, person: Person): Promise<void> {
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export async function addTask(page: Page, title: string): Promise<void> {
  await page.getByLabel("New task").fill(title);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(task(page, title)).toBeVisible();
}

/** Ends every session of somebody where the auth server keeps them. */
export function endSessionsOf(email: string): void {
  const database = new Database(process.env.DATABASE_FILE);
  const ended = database
    .prepare(`delete from "session" where "userId" = (select "id" from "user" where "email" = ?)`)
    .run(email);
  database.close();
  expect(ended.changes).toBeGreaterThan(0);
}

/** The row of a task. */
export function task(page: Page, title: string) {
  return page.getByRole("listitem").filter({ has: page.getByText(title, { exact: true }) });
}

export { expect };
