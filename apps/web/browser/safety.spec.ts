import { expect, fillLogin, signUp, somebody, test } from "./fixture";

test("every page has a policy with a nonce of its own, and every script carries it", async ({ page }) => {
  const violations: string[] = [];
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) violations.push(message.text());
  });
  const nonces = new Set<string>();
  await signUp(page, somebody());
  for (const path of ["/", "/login", "/sign-up", "/tasks"]) {
    const response = await page.goto(path);
    const policy = response?.headers()["content-security-policy"] ?? "";
    const nonce = /script-src [^;]*'nonce-([^']+)'/.exec(policy)?.[1];
    expect(nonce, `${path}: ${policy}`).toBeTruthy();
    expect(policy).not.toContain("unsafe-inline");
    expect(policy).not.toContain("unsafe-eval");
    nonces.add(nonce ?? "");
    const html = (await response?.text()) ?? "";
    const scripts = html.match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
    await expect(page.getByRole("main")).toBeVisible();
  }
  expect(nonces.size).toBe(4);

  await page.getByRole("button", { name: /^Colours/ }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  expect(violations).toEqual([]);
});

test("an injected script without the nonce does not run", async ({ page }) => {
  await page.goto("/");
  const ran = await page.evaluate(() => {
    const host = document.createElement("div");
    document.body.append(host);
    host.innerHTML = `<img src="data:," onerror="window.injected = true">`;
    return new Promise<boolean>((resolve) => {
      // The policy's report comes when the handler would have run.
      document.addEventListener("securitypolicyviolation", () => resolve("injected" in window), { once: true });
    });
  });
  expect(ran).toBe(false);
});

test("no token is in any storage, and no script can read the session's cookie", async ({ page }) => {
  await signUp(page, somebody());
  await page.getByLabel("New task").fill("Something");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("listitem")).toHaveCount(1);
  const readable = await page.evaluate(async () => {
    const databases = await indexedDB.databases();
    return {
      all: JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
      databases: databases.length,
    };
  });
  expect(readable.all).not.toMatch(/eyJ/);
  expect(readable.all).not.toContain("session_token");
  expect(readable.databases).toBe(0);

  const cookies = await page.context().cookies();
  const session = cookies.find(({ name }) => name.endsWith("session_token"));
  expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
});

const HOSTILE = [
  "https://evil.example/",
  "//evil.example",
  "/\\evil.example",
  "/\\/evil.example",
  "javascript:alert(1)",
  "/\t/evil.example",
  "%2F%2Fevil.example",
  "/login?returnUrl=//evil.example",
];

test("whatever the returnUrl says, signing in ends on this origin", async ({ page }) => {
  const ada = somebody();
  await signUp(page, ada);
  const origin = new URL(page.url()).origin;
  for (const returnUrl of HOSTILE) {
    await page.context().clearCookies();
    await page.goto(`/login?${new URLSearchParams({ returnUrl })}`);
    await fillLogin(page, ada);
    await expect(page, returnUrl).toHaveURL(`${origin}/tasks`);
  }
});
