import { expect, fillLogin, signUp, somebody, task, test } from "./fixture";

test("T328: every page has a policy with a nonce of its own, and every script carries it", async ({ page }) => {
  const violations: string[] = [];
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) violations.push(message.text());
  });
  const nonces = new Set<string>();
  await signUp(page, somebody());
  for (const path of ["/", "/login", "/sign-up", "/forgot-password", "/reset-password", "/tasks", "/account"]) {
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
  expect(nonces.size).toBe(7);

  await page.getByRole("button", { name: /^Colours/ }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  expect(violations).toEqual([]);
});

test("T328: an injected script without the nonce does not run", async ({ page }) => {
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

test("T330: no token is in any storage, and no script can read the session's cookie", async ({ page }) => {
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

test("T337: whatever the returnUrl says, signing in ends on this origin", async ({ page }) => {
  const ada = somebody();
  await signUp(page, ada);
  const origin = new URL(page.url()).origin;
  for (const returnUrl of HOSTILE) {
    // A page that is still open would notice that it is signed out, and navigate by itself.
    await page.goto("about:blank");
    await page.context().clearCookies();
    await page.goto(`/login?${new URLSearchParams({ returnUrl })}`);
    await fillLogin(page, ada);
    await expect(page, returnUrl).toHaveURL(`${origin}/tasks`);
  }
});

const MARKUP = [
  "<script>window.injected = true</script>",
  "<img src=x onerror='window.injected = true'>",
  "<svg onload='window.injected = true'>",
  "javascript:window.injected=true",
  "{{7*7}} ${7*7}",
  "</title><script>window.injected = true</script>",
];

test("T327: markup in a title, a description or a name is text", async ({ page }) => {
  await signUp(page, somebody(MARKUP[1]));
  for (const title of MARKUP) {
    await page.getByLabel("New task").fill(title);
    await page.getByLabel("New task").press("Enter");
    await expect(page.getByLabel("New task")).toHaveValue("");
  }
  await page.reload();
  await expect(page.getByRole("listitem")).toHaveCount(MARKUP.length);
  for (const title of MARKUP) await expect(task(page, title)).toBeVisible();
  expect(await page.evaluate(() => "injected" in window)).toBe(false);
  expect(await page.locator("main img, main svg[onload]").count()).toBe(0);
});

test("T331, T332: no header and no other form of the page shows tasks to somebody without a session", async ({ page }) => {
  const subrequest = Array(5).fill("middleware").join(":");
  const attempts: [string, Record<string, string>][] = [
    ["/tasks", { "x-middleware-subrequest": subrequest }],
    ["/tasks", { "x-middleware-subrequest": subrequest.replaceAll("middleware", "proxy") }],
    ["/tasks?_rsc=1", { rsc: "1" }],
    ["/tasks?_rsc=1", { rsc: "1", "next-router-prefetch": "1" }],
    ["/tasks.rsc", {}],
    ["/tasks.segments/_tree.segment.rsc", {}],
    ["/tasks", { cookie: "better-auth.session_token=forged" }],
  ];
  for (const [path, headers] of attempts) {
    const response = await page.request.get(path, { headers, maxRedirects: 0 });
    expect(await response.text(), path).not.toContain("aria-label=\"Tasks\"");
    expect([200, 307, 404], path).toContain(response.status());
    expect(response.headers()["cache-control"] ?? "no-store", path).toContain("no-store");
  }
});

test("T339: the next person in the same browser sees nothing of the one before", async ({ page }) => {
  await signUp(page, somebody("Ada"));
  await page.getByLabel("New task").fill("Ada's secret");
  await page.getByLabel("New task").press("Enter");
  await expect(task(page, "Ada's secret")).toBeVisible();
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("link", { name: "Sign in" })).toBeVisible();
  await signUp(page, somebody("Bob"));
  await expect(page.getByText("Ada's secret")).toHaveCount(0);
  await page.goBack();
  await expect(page.getByText("Ada's secret")).toHaveCount(0);
});
