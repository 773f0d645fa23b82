import type { BrowserContext, Page } from "@playwright/test";
import { addTask, BASE_URL, endSessionsOf, expect, signUp, somebody, task, test } from "./fixture";

/** How often a browser asks for a token. */
function countTokens(context: BrowserContext): { asked: number } {
  const count = { asked: 0 };
  context.on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/auth/token") count.asked += 1;
  });
  return count;
}

/** Reads the list anew, with the token at hand or another. */
async function readList(page: Page, filter: "All" | "To do" = "To do"): Promise<void> {
  const answered = page.waitForResponse((response) => /\/api\/[^/]+\/tasks\?/.test(response.url()) && response.ok());
  await page.getByRole("link", { name: filter, exact: true }).click();
  await answered;
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("link", { name: "Sign in" })).toBeVisible();
}

test("t340 a token that is over in five tabs is replaced once", async ({ page }) => {
  await page.clock.install();
  await signUp(page, somebody());
  await addTask(page, "Seen in five tabs");
  const tabs = [page];
  for (let number = 2; number <= 5; number += 1) {
    const tab = await page.context().newPage();
    await tab.goto("/tasks");
    await expect(task(tab, "Seen in five tabs")).toBeVisible();
    tabs.push(tab);
  }
  const count = countTokens(page.context());
  for (const tab of tabs) await tab.clock.fastForward("01:00:00");
  await Promise.all(tabs.map((tab) => readList(tab)));
  expect(count.asked).toBe(1);
});

test("t340 twenty calls that are refused together lead to one token and twenty successes", async ({ page }) => {
  await signUp(page, somebody());
  for (let number = 1; number <= 20; number += 1) {
    await page.getByLabel("New task").fill(`Task ${number}`);
    await page.getByLabel("New task").press("Enter");
    await expect(page.getByLabel("New task")).toHaveValue("");
  }
  await expect(page.getByRole("listitem")).toHaveCount(20);

  // The API takes none of the tokens that were given before the next but one.
  const count = countTokens(page.context());
  const answers: number[] = [];
  await page.route("**/api/*/tasks/*", (route) => {
    if (count.asked > 1) return route.continue();
    return route.fulfill({ status: 401, json: { status: 401, detail: "Token has expired. Please log in again." } });
  });
  page.on("response", (response) => {
    if (response.request().method() === "PATCH") answers.push(response.status());
  });
  await page.evaluate(() => {
    for (const box of document.querySelectorAll<HTMLElement>("[role=checkbox], input[type=checkbox]")) box.click();
  });
  await expect.poll(() => answers.filter((status) => status === 200).length).toBe(20);
  expect(answers.filter((status) => status === 401)).toHaveLength(20);
  // One before the changes, as always, and one after the refusals.
  expect(count.asked).toBe(2);
  await expect(page.getByRole("checkbox", { checked: true })).toHaveCount(20);
});

test("t340 a session that is over sends the browser to the login page once, however many calls notice", async ({ page }) => {
  const ada = somebody();
  await signUp(page, ada);
  for (const title of ["One", "Two", "Three", "Four"]) await addTask(page, title);
  const count = countTokens(page.context());
  const logins: string[] = [];
  // A page that is asked for; what the page then does to its own address is none.
  page.on("request", (request) => {
    if (request.isNavigationRequest() && request.url().includes("/login")) logins.push(request.url());
  });
  endSessionsOf(ada.email);
  await page.evaluate(() => {
    for (const box of document.querySelectorAll<HTMLElement>("[role=checkbox], input[type=checkbox]")) box.click();
  });
  await expect(page.getByText("Your session has expired. Please sign in again.")).toBeVisible();
  expect(count.asked).toBe(1);
  expect(logins).toHaveLength(1);
});

test("a laptop that slept goes on with a new token, and without a network nobody is signed out", async ({ page }) => {
  await page.clock.install();
  await signUp(page, somebody());
  await addTask(page, "Before sleep");
  const count = countTokens(page.context());
  await page.clock.fastForward("08:00:00");
  await readList(page);
  await expect(task(page, "Before sleep")).toBeVisible();
  expect(count.asked).toBe(1);

  await page.clock.fastForward("08:00:00");
  await page.context().setOffline(true);
  await page.getByLabel("New task").fill("Written on a train");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "cannot be reached" })).toBeVisible();
  await expect(page.getByLabel("New task")).toHaveValue("Written on a train");
  const failed = count.asked;
  await page.context().setOffline(false);
  // The network is back: the token is renewed before anybody asks for it.
  await expect.poll(() => count.asked).toBe(failed + 1);
  await readList(page, "All");
  await expect(task(page, "Before sleep")).toBeVisible();
  expect(count.asked).toBe(failed + 1);
});

test("t341 who signs out in one tab is signed out in all of them within two seconds", async ({ page }) => {
  await signUp(page, somebody());
  await addTask(page, "Ada's secret");
  const others = [await page.context().newPage(), await page.context().newPage()];
  for (const tab of others) {
    await tab.goto("/tasks");
    await expect(task(tab, "Ada's secret")).toBeVisible();
  }
  await signOut(page);
  for (const tab of others) {
    await expect(tab.getByText("Ada's secret")).toHaveCount(0, { timeout: 2_000 });
    await expect(tab).toHaveURL(/\/$/);
  }
});

test("a page of one person never acts as another who signed in beside it", async ({ page }) => {
  await signUp(page, somebody("Ada"));
  await addTask(page, "Ada's secret");
  // A sign-in that the page hears nothing of, as from another application on this origin.
  const answer = await page.context().request.post("/api/auth/sign-up/email", {
    data: somebody("Bob"),
    headers: { origin: BASE_URL },
  });
  expect(answer.ok()).toBe(true);
  await page.getByLabel("New task").fill("Whose is this?");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByText("Nothing to do")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bob’s tasks");
});
