import { expect, fillLogin, type Person, signUp, somebody, test } from "./fixture";
import { linkTo } from "./mails";
import type { Page } from "@playwright/test";

/** The part of the account page with this heading. */
function section(page: Page, name: string) {
  return page.getByRole("region", { name });
}

async function openAccount(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Your account" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your account");
}

async function signUpAndOpenAccount(page: Page, person: Person): Promise<void> {
  await signUp(page, person);
  await openAccount(page);
}

test("a name is changed, and everybody sees it", async ({ page }) => {
  await signUpAndOpenAccount(page, somebody("Augusta Ada"));
  const profile = section(page, "Profile");
  await profile.getByLabel("Name").fill("Ada, Countess of Lovelace");
  await profile.getByRole("button", { name: "Save name" }).click();
  await expect(profile.getByRole("status")).toHaveText("Your name is saved.");
  await expect(page.getByRole("button", { name: "Account of Ada, Countess of Lovelace" })).toBeVisible();
  await page.reload();
  await expect(profile.getByLabel("Name")).toHaveValue("Ada, Countess of Lovelace");
});

test("a new password counts at once, the old one never again, and other devices are signed out", async ({
  page,
  otherPage,
}) => {
  const ada = somebody();
  await signUpAndOpenAccount(page, ada);
  const phone = await otherPage();
  await phone.goto("/login");
  await fillLogin(phone, ada);
  await expect(phone).toHaveURL(/\/tasks$/);

  const password = section(page, "Password");
  const change = async (current: string, next: string) => {
    await password.getByLabel("Current password").fill(current);
    await password.getByLabel("New password").fill(next);
    await password.getByRole("button", { name: "Change password" }).click();
  };
  await change("not her password", "another one entirely");
  await expect(password.getByRole("alert")).toHaveText("Invalid password");
  await change(ada.password, "another one entirely");
  await expect(password.getByRole("status")).toHaveText("Your password is changed.");
  await page.reload();
  await expect(section(page, "Devices").getByRole("listitem")).toHaveCount(1);

  await phone.reload();
  await expect(phone).toHaveURL(/\/login\?returnUrl=%2Ftasks&error=session_expired$/);
  await fillLogin(phone, ada);
  await expect(phone.getByRole("alert").filter({ hasText: "Invalid email or password" })).toBeVisible();
  await fillLogin(phone, { ...ada, password: "another one entirely" });
  await expect(phone).toHaveURL(/\/tasks$/);
});

test("a device that was lost is signed out from another", async ({ page, otherPage }) => {
  const ada = somebody();
  await signUp(page, ada);
  const lost = await otherPage();
  await lost.goto("/login");
  await fillLogin(lost, ada);
  await expect(lost).toHaveURL(/\/tasks$/);

  await openAccount(page);
  const devices = section(page, "Devices");
  await expect(devices.getByRole("listitem")).toHaveCount(2);
  await expect(devices.getByRole("listitem").first()).toContainText("This device");
  await devices.getByRole("button", { name: "Sign out Chrome on Linux" }).click();
  await expect(devices.getByRole("listitem")).toHaveCount(1);
  await lost.reload();
  await expect(lost).toHaveURL(/error=session_expired$/);
  await page.reload();
  await expect(devices.getByRole("listitem")).toHaveCount(1);
});

test("a forgotten password is replaced through a mail, once", async ({ page, otherPage }) => {
  const ada = somebody();
  await signUp(page, ada);
  const other = await otherPage();
  await other.goto("/login");
  await other.getByRole("link", { name: "Forgotten password?" }).click();
  await expect(other).toHaveURL(/\/forgot-password$/);
  for (const email of ["nobody.at.all@example.com", ada.email]) {
    await other.getByLabel("E-mail").fill(email);
    await other.getByRole("button", { name: "Send the link" }).click();
    await expect(other.getByRole("main").getByRole("status")).toHaveText(
      "If there is an account with this address, a mail with a link is on its way.",
    );
  }
  const link = await linkTo(ada.email, "reset-password");
  await other.goto(link);
  await other.getByLabel("Password").fill("remembered this time");
  await other.getByRole("button", { name: "Save password" }).click();
  await expect(other.getByText("Your new password is saved. Please sign in with it.")).toBeVisible();
  await fillLogin(other, { ...ada, password: "remembered this time" });
  await expect(other).toHaveURL(/\/tasks$/);

  await other.goto(link);
  await expect(other.getByText("This link is not valid any more.")).toBeVisible();
  await other.getByRole("link", { name: "Ask for a new one" }).click();
  await expect(other).toHaveURL(/\/forgot-password$/);
});

test("an address is confirmed through a mail, then changed through another", async ({ page }) => {
  const ada = somebody();
  await signUpAndOpenAccount(page, ada);
  const email = section(page, "E-mail");
  await expect(email).toContainText("not confirmed yet");
  await email.getByRole("button", { name: "Send a link to confirm it" }).click();
  await expect(email.getByRole("status")).toHaveText(`A mail with a link is on its way to ${ada.email}.`);
  await page.goto(await linkTo(ada.email, "verify-email"));
  await expect(email.getByRole("status")).toHaveText("Your address is confirmed.");
  await expect(email.getByText("confirmed", { exact: true })).toBeVisible();

  const next = `new-${ada.email}`;
  await email.getByLabel("New e-mail").fill(next);
  await email.getByRole("button", { name: "Change e-mail" }).click();
  await expect(email.getByRole("status")).toContainText("a mail with a link is on its way");
  await page.goto(await linkTo(next, "verify-email"));
  await expect(email.getByRole("status")).toHaveText("Your address was changed.");
  await expect(email).toContainText(next);
  await page.goto("/account?error=INVALID_TOKEN");
  await expect(email.getByRole("alert")).toHaveText("This link is not valid any more. Please ask for a new one.");
});

test("an account is deleted with its password, and is gone", async ({ page }) => {
  const ada = somebody();
  await signUpAndOpenAccount(page, ada);
  const danger = section(page, "Delete account");
  await danger.getByRole("button", { name: "Delete account…" }).click();
  await danger.getByLabel("Your password").fill("not her password");
  await danger.getByRole("button", { name: "Delete for ever" }).click();
  await expect(danger.getByRole("alert")).toHaveText("Invalid password");
  await danger.getByLabel("Your password").fill(ada.password);
  await danger.getByRole("button", { name: "Delete for ever" }).click();
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByRole("link", { name: "Sign in" })).toBeVisible();

  await page.goto("/account");
  await expect(page).toHaveURL(/\/login\?returnUrl=%2Faccount$/);
  await fillLogin(page, ada);
  await expect(page.getByRole("alert").filter({ hasText: "Invalid email or password" })).toBeVisible();
});
