import { addTask, expect, fillLogin, signUp, somebody, task, test } from "./fixture";

test("a person signs up, keeps a list, signs out, and comes back to where they were", async ({ page }) => {
  const ada = somebody();
  await signUp(page, ada);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ada’s tasks");

  await addTask(page, "Water the plants");
  await addTask(page, "Write to Charles");
  await addTask(page, "Buy punch cards");

  await page.getByRole("button", { name: "Edit Write to Charles" }).click();
  await page.getByLabel("Title").fill("Write to Babbage");
  await page.getByLabel("Description").fill("About the engine.\nAnd the notes.");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(task(page, "Write to Babbage")).toContainText("About the engine.");

  await page.getByRole("checkbox", { name: "Completed: Water the plants" }).check();

  await page.getByRole("button", { name: "Delete Buy punch cards" }).click();
  await expect(task(page, "Buy punch cards")).toHaveCount(0);
  const deleted = page.waitForResponse((response) => response.request().method() === "DELETE");
  await page.getByRole("button", { name: "Dismiss" }).click();
  expect((await deleted).status()).toBe(204);

  await page.reload();
  await expect(page.getByRole("listitem")).toHaveCount(2);
  await expect(page.getByRole("checkbox", { name: "Completed: Water the plants" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "Completed: Write to Babbage" })).not.toBeChecked();

  await page.getByRole("link", { name: "To do" }).click();
  await expect(page).toHaveURL(/filter=active/);
  await expect(page.getByRole("listitem")).toHaveCount(1);
  await page.getByRole("link", { name: "Completed", exact: true }).click();
  await expect(task(page, "Water the plants")).toBeVisible();
  await expect(page.getByRole("listitem")).toHaveCount(1);

  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("link", { name: "Sign in" })).toBeVisible();

  await page.goto("/tasks?filter=active");
  await expect(page).toHaveURL(/\/login\?returnUrl=%2Ftasks%3Ffilter%3Dactive$/);
  await fillLogin(page, ada);
  await expect(page).toHaveURL(/\/tasks\?filter=active$/);
  await expect(task(page, "Write to Babbage")).toBeVisible();
});

test("a deleted task can be brought back, the same one in the same place", async ({ page }) => {
  await signUp(page, somebody());
  for (const title of ["First", "Second", "Third"]) await addTask(page, title);
  await page.getByRole("button", { name: "Delete Second" }).click();
  await expect(page.getByRole("listitem")).toHaveCount(2);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("listitem")).toContainText(["Third", "Second", "First"]);
  await page.reload();
  await expect(page.getByRole("listitem")).toContainText(["Third", "Second", "First"]);
});

test("a task that was deleted just before leaving the page is gone", async ({ page }) => {
  await signUp(page, somebody());
  await addTask(page, "Fleeting");
  await page.getByRole("button", { name: "Delete Fleeting" }).click();
  const api = page.context().request;
  const { user } = await (await api.get("/api/auth/get-session")).json();
  await page.goto("about:blank");
  await expect
    .poll(async () => {
      const { token } = await (await api.get("/api/auth/token")).json();
      const headers = { authorization: `Bearer ${token}` };
      return (await (await api.get(`/api/${user.id}/tasks`, { headers })).json()).total;
    })
    .toBe(0);
});

test("a long list comes in pages and loses nothing", async ({ page }) => {
  await signUp(page, somebody());
  for (let number = 1; number <= 23; number += 1) {
    await page.getByLabel("New task").fill(`Task ${number}`);
    await page.getByLabel("New task").press("Enter");
    await expect(page.getByLabel("New task")).toHaveValue("");
  }
  await page.reload();
  await expect(page.getByRole("listitem")).toHaveCount(20);
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(page.getByRole("listitem")).toHaveCount(23);
  await expect(page.getByRole("button", { name: "Show more" })).toHaveCount(0);
});

test("what the server refuses is said at the field", async ({ page }) => {
  await signUp(page, somebody());
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Write what is to be done." })).toBeVisible();
  await expect(page.getByLabel("New task")).toBeFocused();
});

test("wrong credentials and taken addresses are said, and nothing typed is lost", async ({ page, otherPage }) => {
  const ada = somebody();
  await signUp(page, ada);

  const other = await otherPage();
  await other.goto("/login");
  await fillLogin(other, { ...ada, password: "not the password" });
  await expect(other.getByText("Invalid email or password")).toBeVisible();
  await expect(other.getByLabel("E-mail")).toHaveValue(ada.email);

  await other.goto("/sign-up");
  await other.getByLabel("Name").fill("Imposter");
  await other.getByLabel("E-mail").fill(ada.email);
  await other.getByLabel("Password").fill("another password");
  await other.getByRole("button", { name: "Sign up" }).click();
  await expect(other.getByText("User already exists. Use another email.")).toBeVisible();
});
