import { BASE_URL, expect, fillLogin, signUp, somebody, task, test } from "./fixture";

test("t328 every page has a policy with a nonce of its own, and every script carries it", async ({ page }) => {
  const violations: string[] = [];
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) violations.push(message.text());
  });
  const nonces = new Set<string>();
  await signUp(page, somebody());
  const paths = ["/", "/login", "/sign-up", "/forgot-password", "/reset-password", "/tasks", "/account"];
  // Pages that say that there is none, or that something is wrong with the address.
  const missing = ["/nowhere", "/favicon.ico", "/%ff", "/login/%2e%2e%2f"];
  for (const path of [...paths, ...missing]) {
    const response = await page.goto(path);
    const policy = response?.headers()["content-security-policy"] ?? "";
    const nonce = /script-src [^;]*'nonce-([^']+)' 'strict-dynamic'/.exec(policy)?.[1];
    expect(nonce, `${path}: ${policy}`).toBeTruthy();
    for (const rule of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"]) {
      expect(policy, path).toContain(rule);
    }
    expect(policy).not.toContain("unsafe-inline");
    expect(policy).not.toContain("unsafe-eval");
    nonces.add(nonce ?? "");
    const html = (await response?.text()) ?? "";
    const scripts = html.match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
    await expect(page.getByRole("main")).toBeVisible();
  }
  expect(nonces.size).toBe(paths.length + missing.length);

  await page.goto("/");
  await page.getByRole("button", { name: /^Colours/ }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  expect(violations).toEqual([]);
});

test("t328 an injected script without the nonce does not run", async ({ page }) => {
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

test("t330 no token is in any storage, the address or a global, and no script can read the session's cookie", async ({
  page,
}) => {
  await signUp(page, somebody());
  await page.getByLabel("New task").fill("Something");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("listitem")).toHaveCount(1);
  const readable = await page.evaluate(async () => {
    const caches: string[] = [];
    for (const name of await window.caches.keys()) {
      for (const { url } of await (await window.caches.open(name)).keys()) caches.push(url);
    }
    // Every global and what it holds, as far as an object can be followed.
    const seen = new Set<unknown>();
    const texts: string[] = [];
    const follow = (value: unknown, depth: number) => {
      if (typeof value === "string") texts.push(value);
      const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
      if (!isObject || depth > 4 || seen.has(value) || value instanceof Node) return;
      seen.add(value);
      for (const name of Object.getOwnPropertyNames(value)) {
        try {
          follow((value as Record<string, unknown>)[name], depth + 1);
        } catch {
          // Some may not be read.
        }
      }
    };
    follow(window, 0);
    const storages = [{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state, caches];
    return {
      all: JSON.stringify(storages) + texts.join("\n"),
      texts: texts.length,
      databases: (await indexedDB.databases()).length,
      workers: (await navigator.serviceWorker.getRegistrations()).length,
    };
  });
  expect(readable.texts).toBeGreaterThan(100);
  expect(readable.all).not.toMatch(/eyJ[\w-]+\.eyJ/);
  expect(readable.all).not.toContain("session_token=");
  expect(readable).toMatchObject({ databases: 0, workers: 0 });
  for (const { value } of (await page.context().cookies()).filter(({ httpOnly }) => httpOnly)) {
    expect(readable.all).not.toContain(value);
  }

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
  "data:text/html,<script>window.injected=true</script>",
  "http:evil.example",
  "/.//evil.example",
  "%2F%2Fevil.example",
  "/login?returnUrl=//evil.example",
];

test("t337 whatever the returnUrl says, signing in ends on this origin", async ({ page }) => {
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

test("t339 the next person in the same browser sees nothing of the one before, and no cache may keep it", async ({ page }) => {
  const kept: string[] = [];
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    const isPrivate = pathname.startsWith("/api/") || pathname === "/tasks";
    if (isPrivate && !(response.headers()["cache-control"] ?? "").includes("no-store")) kept.push(response.url());
  });
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
  expect(kept).toEqual([]);
});

test("t338 the app shows in no frame, and no page that opened it holds on to it", async ({ page }) => {
  await page.route("http://evil.example/", (route) =>
    route.fulfill({ contentType: "text/html", body: `<iframe src="${BASE_URL}/login"></iframe>` }),
  );
  await page.goto("http://evil.example/");
  await expect.poll(() => page.frames()[1]?.url()).toBe("chrome-error://chromewebdata/");

  const opened = page.waitForEvent("popup");
  await page.evaluate((address) => void window.open(address), `${BASE_URL}/login`);
  const popup = await opened;
  await expect(popup.getByRole("button", { name: "Sign in" })).toBeVisible();
  expect(await popup.evaluate(() => window.opener === null)).toBe(true);
});

test("t329 every answer carries the headers that browsers heed: pages, files, and what the APIs say", async ({ page }) => {
  const script = /src="(\/_next\/static\/[^"]+\.js)"/.exec(await (await page.request.get("/")).text())?.[1] ?? "";
  expect(script).toContain("/_next/static/");
  const paths = ["/", "/login", "/tasks", "/nowhere", "/icon.svg", script, "/_next/static/nothing.js"];
  const apis = ["/api/auth/get-session", "/api/auth/nothing", "/api/auth/error?error=x", "/api/ann/tasks", "/api/nothing"];
  for (const path of [...paths, ...apis]) {
    const headers = (await page.request.get(path, { maxRedirects: 0 })).headers();
    expect(Number(/max-age=(\d+)/.exec(headers["strict-transport-security"] ?? "")?.[1]), path).toBeGreaterThanOrEqual(31_536_000);
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["referrer-policy"], path).toBe("strict-origin-when-cross-origin");
    expect(headers["cross-origin-opener-policy"], path).toBe("same-origin");
    expect(headers["cross-origin-resource-policy"], path).toBe("same-origin");
    if (apis.includes(path)) expect(headers["content-security-policy"], path).toMatch(/^default-src 'none'/);
  }
});
