import type { Page } from "@playwright/test";
import { addTask, expect, signUp, somebody, task, test } from "./fixture";

/** Says at the identity provider who somebody is, and whether the app may know. */
async function sayWho(page: Page, { name, email }: { name: string; email: string }, answer = "Allow"): Promise<void> {
  await expect(page).toHaveTitle("Who are you?");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("button", { name: answer }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("link", { name: "Sign in" })).toBeVisible();
}

function methods(page: Page) {
  return page.getByRole("region", { name: "Sign-in methods" });
}

test("somebody signs in with an identity provider, finds it in the account, signs out, and comes back", async ({ page }) => {
  const grace = somebody("Grace Hopper");
  await page.goto("/login?returnUrl=%2Ftasks%3Ffilter%3Dactive");
  await page.getByRole("button", { name: "Continue with Acme" }).click();
  await sayWho(page, grace);
  await expect(page).toHaveURL(/\/tasks\?filter=active$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Grace’s tasks");
  await addTask(page, "Find the moth");

  await page.goto("/account");
  await expect(methods(page).getByRole("listitem")).toHaveCount(1);
  await expect(methods(page).getByRole("listitem")).toContainText("Acme");
  await expect(page.getByRole("region", { name: "E-mail", exact: true })).toContainText(grace.email);
  // Who has no password is not asked for one.
  await expect(page.getByRole("region", { name: "Password" })).toHaveCount(0);

  await signOut(page);
  await page.goto("/tasks");
  await expect(page).toHaveURL(/\/login\?returnUrl=%2Ftasks$/);
  await page.getByRole("button", { name: "Continue with Acme" }).click();
  await sayWho(page, grace);
  await expect(page).toHaveURL(/\/tasks$/);
  await expect(task(page, "Find the moth")).toBeVisible();
});

test("who says no at the identity provider is back on the login page, and told so", async ({ page }) => {
  await page.goto("/login");
  await page.getByRole("button", { name: "Continue with Acme" }).click();
  await sayWho(page, somebody(), "Deny");
  await expect(page).toHaveURL(/\/login\?.*error=access_denied/);
  await expect(page.getByText("That did not work. Please try again")).toBeVisible();
  await page.goto("/tasks");
  await expect(page).toHaveURL(/\/login\?returnUrl=%2Ftasks$/);
});

test("an account at an identity provider does not open that of a stranger with the same address", async ({ page, otherPage }) => {
  const ada = somebody();
  await signUp(page, ada);
  await addTask(page, "Ada's secret");
  await page.goto("/account");
  await expect(methods(page).getByRole("listitem")).toHaveText([/E-mail and password/]);

  const other = await otherPage();
  await other.goto("/login");
  await other.getByRole("button", { name: "Continue with Acme" }).click();
  await sayWho(other, { name: "Mallory", email: ada.email });
  await expect(other).toHaveURL(/\/login\?.*error=account_not_linked/);
  await page.reload();
  await expect(methods(page).getByRole("listitem")).toHaveText([/E-mail and password/]);
});
