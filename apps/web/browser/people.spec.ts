import { mkdir } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { addTask, expect, SCREENSHOTS, signUp, somebody, task, test } from "./fixture";

test("the list can be kept with the keyboard alone", async ({ page }) => {
  await signUp(page, somebody());
  const field = page.getByLabel("New task");
  await field.focus();
  await page.keyboard.type("Learn to fly");
  await page.keyboard.press("Enter");
  await expect(task(page, "Learn to fly")).toBeVisible();
  await expect(field).toBeFocused();
  await expect(page.getByRole("status").filter({ hasText: "Added Learn to fly" })).toHaveCount(1);

  const box = page.getByRole("checkbox", { name: "Completed: Learn to fly" });
  await box.focus();
  await page.keyboard.press("Space");
  await expect(box).toBeChecked();

  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Edit Learn to fly" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Title")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Edit Learn to fly" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("Learn to land");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Edit Learn to land" })).toBeFocused();

  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(task(page, "Learn to land")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).focus();
  await page.keyboard.press("Enter");
  await expect(task(page, "Learn to land")).toBeVisible();

  await page.getByRole("button", { name: /^Account of/ }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.reload();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
});

test("the colours that were chosen stay", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: /^Colours/ }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const response = await page.reload();
  expect(await response?.text()).toContain('data-theme="dark"');
});

const LOOKS = [
  { look: "light", colorScheme: "light", viewport: { width: 1280, height: 860 } },
  { look: "dark", colorScheme: "dark", viewport: { width: 1280, height: 860 } },
  { look: "phone", colorScheme: "light", viewport: { width: 390, height: 844 } },
] as const;

async function look(page: Page, look: string, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  expect(found, `${name} ${look}`).toEqual([]);
  const isWider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(isWider, `${name} ${look} scrolls sideways`).toBe(false);
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: `${SCREENSHOTS}/${name}-${look}.png`, animations: "disabled" });
}

for (const { look: name, ...options } of LOOKS) {
  test(`every page is accessible and fits, ${name}`, async ({ otherPage }) => {
    const page = await otherPage({ ...options, reducedMotion: "reduce" });
    await page.goto("/");
    await expect(page.getByRole("link", { name: "Sign in" })).toBeVisible();
    await look(page, name, "landing");
    await page.goto("/login?returnUrl=%2Ftasks&error=session_expired");
    await expect(page.getByRole("button", { name: "Sign in" })).toBeEnabled();
    await look(page, name, "login");
    await page.goto("/sign-up");
    await expect(page.getByRole("button", { name: "Sign up" })).toBeEnabled();
    await look(page, name, "sign-up");
    await page.goto("/nowhere");
    await look(page, name, "not-found");
    await page.goto("/forgot-password");
    await expect(page.getByRole("button", { name: "Send the link" })).toBeEnabled();
    await look(page, name, "forgot-password");
    await page.goto("/reset-password?token=a-token");
    await expect(page.getByRole("button", { name: "Save password" })).toBeEnabled();
    await look(page, name, "reset-password");

    await signUp(page, somebody("Grace Hopper"));
    await look(page, name, "tasks-empty");
    for (const title of ["Find the moth", "Write the compiler", "Explain nanoseconds to an admiral"]) {
      await addTask(page, title);
    }
    await page.getByRole("button", { name: "Edit Write the compiler" }).click();
    await page.getByLabel("Description").fill("In words that people use.");
    await look(page, name, "tasks-editing");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("checkbox", { name: "Completed: Find the moth" }).check();
    await page.getByRole("button", { name: "Delete Explain nanoseconds to an admiral" }).click();
    await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
    await look(page, name, "tasks");
    await page.getByRole("button", { name: /^Account of/ }).click();
    await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeVisible();
    await look(page, name, "account-menu");
    await page.getByRole("menuitem", { name: "Your account" }).click();
    await expect(page.getByRole("region", { name: "Devices" }).getByRole("listitem")).toHaveCount(1);
    await page.getByRole("button", { name: "Delete account…" }).click();
    await look(page, name, "account");
  });
}
