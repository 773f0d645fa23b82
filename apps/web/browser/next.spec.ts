import { readdir, readFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { addTask, BASE_URL, expect, signUp, somebody, task, test } from "./fixture";

// What Next.js was attacked with: headers and other forms of an address that it uses itself.

const SUBREQUEST = Array(5).fill("middleware").join(":");

test("t331 t332 t333 no header and no other form of a page shows tasks to somebody without a session", async ({ page }) => {
  const build = (await readFile(".next/BUILD_ID", "utf8")).trim();
  const attempts: [string, Record<string, string>][] = [
    ["/tasks", { "x-middleware-subrequest": SUBREQUEST }],
    ["/tasks", { "x-middleware-subrequest": SUBREQUEST.replaceAll("middleware", "src/middleware") }],
    ["/tasks", { "x-middleware-subrequest": SUBREQUEST.replaceAll("middleware", "proxy") }],
    ["/tasks", { "x-middleware-subrequest": "pages/_middleware" }],
    ["/account", { "x-middleware-subrequest": SUBREQUEST }],
    ["/tasks?_rsc=1", { rsc: "1" }],
    ["/tasks?_rsc=1", { rsc: "1", "next-router-prefetch": "1" }],
    ["/tasks?_rsc=1", { rsc: "1", "next-router-segment-prefetch": "/_tree" }],
    ["/tasks.rsc", {}],
    ["/tasks.segments/_tree.segment.rsc", {}],
    [`/_next/data/${build}/tasks.json`, {}],
    [`/_next/data/${build}/en/tasks.json`, { "x-nextjs-data": "1" }],
    ["/tasks", { cookie: "better-auth.session_token=forged" }],
  ];
  for (const [path, headers] of attempts) {
    const response = await page.request.get(path, { headers, maxRedirects: 0 });
    const what = `${path} ${JSON.stringify(headers)}`;
    expect(await response.text(), what).not.toContain('aria-label="Tasks"');
    expect([200, 307, 404], what).toContain(response.status());
    expect(response.headers()["cache-control"] ?? "no-store", what).toContain("no-store");
  }
});

test("t334 an address that says whose it is twice is that of its path", async ({ page, otherPage }) => {
  await signUp(page, somebody("Ada"));
  await addTask(page, "Ada's own");
  const other = await otherPage();
  await signUp(other, somebody("Bob"));
  await addTask(other, "Bob's secret");
  const idOf = async (who: typeof page) => (await (await who.context().request.get("/api/auth/get-session")).json()).user.id;
  const [ada, bob]: string[] = [await idOf(page), await idOf(other)];

  const api = page.context().request;
  const { token } = await (await api.get("/api/auth/token")).json();
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await api.get(path, { headers: { ...headers, authorization: `Bearer ${token}` } });
    return { status: answer.status(), body: await answer.text() };
  };
  const mine = await ask(`/api/${ada}/tasks`);
  expect(mine.status).toBe(200);
  for (const query of [`nxtPuser_id=${bob}`, `nxtPuserId=${bob}`, `user_id=${bob}`, `nxtPrest=x&nextLocale=en`]) {
    const { status, body } = await ask(`/api/${ada}/tasks?${query}`);
    expect(body, query).not.toContain("Bob's secret");
    // What the API does not know, it says.
    expect([200, 400, 422], query).toContain(status);
  }
  const headers: Record<string, string>[] = [
    { "x-matched-path": `/api/${bob}/tasks` },
    { "x-invoke-path": `/api/${bob}/tasks`, "x-invoke-query": `{"user_id":"${bob}"}` },
    { "x-nextjs-data": "1" },
    { "x-now-route-matches": `1=${bob}` },
    { "x-middleware-rewrite": `/api/${bob}/tasks`, "x-original-url": `/api/${bob}/tasks`, "x-rewrite-url": `/api/${bob}/tasks` },
  ];
  for (const more of headers) {
    const { status, body } = await ask(`/api/${ada}/tasks`, more);
    expect({ status, body }, JSON.stringify(more)).toEqual(mine);
    expect((await ask(`/api/${bob}/tasks`, { "x-matched-path": `/api/${ada}/tasks` })).status).toBe(403);
  }
  await expect(task(page, "Ada's own")).toBeVisible();
});

test("t335 a server action that there is not is refused, whoever asks and whatever it carries", async ({ page }) => {
  for (const data of ["[]", "x".repeat(1_000_000), `0:${'["$1:a"]'.repeat(20_000)}`]) {
    for (const origin of [BASE_URL, "https://evil.example"]) {
      const headers = { "next-action": "40".repeat(21), origin, "content-type": "text/plain;charset=UTF-8" };
      const answer = await page.request.post("/login", { headers, data, maxRedirects: 0 });
      expect(answer.status()).toBeGreaterThanOrEqual(400);
      expect(answer.status()).toBeLessThan(500);
    }
  }
  expect((await page.request.get("/login")).status()).toBe(200);
});

test("t336 an upgrade whose target is another server connects to nobody", async () => {
  let connections = 0;
  const listener = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const target = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
  for (const line of [`GET http://${target}/ HTTP/1.1`, `GET //${target}/ HTTP/1.1`, `GET /api/auth/x HTTP/1.1`]) {
    const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==";
    await exchange(`${line}\r\nHost: ${target}\r\n${upgrade}\r\n\r\n`);
  }
  listener.close();
  expect(connections).toBe(0);
});

/** Sends bytes to the app, and waits for its first word or the end. */
function exchange(bytes: string): Promise<void> {
  const { hostname, port } = new URL(BASE_URL);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname === "localhost" ? "127.0.0.1" : hostname, port: Number(port) }, () => socket.write(bytes));
    const done = () => {
      socket.destroy();
      resolve();
    };
    socket.once("data", done).once("error", done).once("close", done).setTimeout(3_000, done);
  });
}

/** Settings of the servers behind the pages. */
const SETTINGS = ["DATABASE_URL", "AUTH_SERVER", "TASKS_API_URL", "TRUST_FORWARDED_FOR", "SOCIAL_PROVIDERS", "COUNTERSIGN_"];

test("t342 what is sent to every browser holds no secret, no setting and no source map", async ({ page }) => {
  const folder = ".next/static";
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.\w+$/.test(name));
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => name.endsWith(".map"))).toEqual([]);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  for (const path of ["/", "/login", "/sign-up"]) texts.push(await (await page.request.get(path)).text());
  for (const text of texts) {
    expect(text).not.toContain("a-secret-for-tests-only");
    expect(text).not.toContain("sourceMappingURL");
    for (const name of SETTINGS) expect(text).not.toContain(name);
    // Better Auth's client names its secret where it asks for settings; it has none to give.
    expect(text.replaceAll(/\b(BETTER_)?AUTH_SECRET\b/g, "")).not.toMatch(/[A-Z]_(SECRET|PRIVATE_KEY)\b/);
  }
});
