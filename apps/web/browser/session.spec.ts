import { addTask, endSessionsOf, expect, fillLogin, signUp, somebody, task, test } from "./fixture";

test("a session that is deleted in the database ends with the next action, on the login page", async ({ page }) => {
  const ada = somebody();
  await signUp(page, ada);
  await addTask(page, "Before");
  endSessionsOf(ada.email);

  await page.getByLabel("New task").fill("After");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page).toHaveURL(/\/login\?returnUrl=%2Ftasks&error=session_expired$/);
  await expect(page.getByText("Your session has expired. Please sign in again.")).toBeVisible();

  await fillLogin(page, ada);
  await expect(page).toHaveURL(/\/tasks$/);
  await expect(task(page, "Before")).toBeVisible();
  await expect(task(page, "After")).toHaveCount(0);
});

test("a page that is opened with a dead session leads to the login page with the message", async ({ page }) => {
  const ada = somebody();
  await signUp(page, ada);
  endSessionsOf(ada.email);
  await page.goto("/tasks?filter=completed");
  await expect(page).toHaveURL(/\/login\?returnUrl=%2Ftasks%3Ffilter%3Dcompleted&error=session_expired$/);
  await expect(page.getByText("Your session has expired. Please sign in again.")).toBeVisible();
});

test("a second person sees nothing of the first, not even by asking for it", async ({ page, otherPage }) => {
  await signUp(page, somebody("Ada"));
  await addTask(page, "Ada's secret");
  const adaId = await page.evaluate(async () => {
    const session = await (await fetch("/api/auth/get-session")).json();
    return session.user.id as string;
  });

  const other = await otherPage();
  await signUp(other, somebody("Bob"));
  await expect(other.getByText("Ada's secret")).toHaveCount(0);
  const answer = await other.evaluate(async (id) => {
    const { token } = await (await fetch("/api/auth/token")).json();
    const response = await fetch(`/api/${id}/tasks`, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, body: await response.json() };
  }, adaId);
  expect(answer.status).toBe(403);
  expect(answer.body.detail).toBe("Access denied. You can only access your own resources.");
});

test("a 403 is a message on the page, and nobody is sent away", async ({ page }) => {
  await signUp(page, somebody());
  await page.route("**/api/*/tasks", (route) =>
    route.fulfill({
      status: 403,
      contentType: "application/problem+json",
      body: JSON.stringify({ status: 403, detail: "Access denied. You can only access your own resources." }),
    }),
  );
  await page.getByLabel("New task").fill("Forbidden");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const alert = page.getByRole("alert").filter({ hasText: "Access denied." });
  await expect(alert).toBeVisible();
  await expect(page).toHaveURL(/\/tasks$/);
  await expect(page.getByLabel("New task")).toHaveValue("Forbidden");
});

test("a server that cannot answer signs nobody out", async ({ page }) => {
  await signUp(page, somebody());
  await addTask(page, "Still here");
  await page.route("**/api/auth/token", (route) => route.fulfill({ status: 503, body: "" }));
  await page.getByLabel("New task").fill("Later");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "cannot be reached" })).toBeVisible();
  await expect(page).toHaveURL(/\/tasks$/);
  await page.unroute("**/api/auth/token");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(task(page, "Later")).toBeVisible();
});
