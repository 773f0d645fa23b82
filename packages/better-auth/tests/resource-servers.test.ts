import { createHash } from "node:crypto";
import { betterAuth } from "better-auth";
import { expect, onTestFinished, test, vi } from "vitest";
import { hashOf, parseKey } from "../src/hash.ts";
import { minimalClaims } from "../src/index.ts";
import { optionsOf, ORIGIN, Site } from "./site.ts";

// Services that show a credential: guards that register, and what they take back.

const SECRET = "4f1d0c9b8a7e6f5d4c3b2a19087f6e5d";
const OF_TASKS = basic("tasks", SECRET);

function basic(name: string, secret: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}` };
}

function open(): Promise<Site> {
  const countersign = { resourceServers: [`tasks:${SECRET}`, `billing:${SECRET}0`], pollInterval: 5 };
  return Site.open({ countersign, jwt: { jwt: { definePayload: minimalClaims } } });
}

function post(site: Site, body: unknown, query = "", headers: Record<string, string> = OF_TASKS): Promise<Response> {
  const all = { "content-type": "application/json", ...headers };
  const url = `${ORIGIN}/api/auth/revocations${query}`;
  return site.handle(new Request(url, { method: "POST", headers: all, body: JSON.stringify(body) }));
}

test("`wait=all` names the guards that have taken an entry in, and those that have not", async () => {
  const site = await open();
  const { epoch } = await site.page();
  await site.ask({ guard: "slow", kids: "k1,k2" }, OF_TASKS);
  await site.ask({ guard: "quick" }, OF_TASKS);
  await site.ask({ guard: "somebody" });
  const all = "?wait=all&timeout=0";
  const told = async (body: unknown, query: string) => (await post(site, body, query)).json();
  const missing = await told({ kind: "j", name: "token-1" }, all);
  expect(missing).toEqual({ epoch, sequence: 1, confirmed: [], missing: ["tasks/quick", "tasks/slow"] });
  expect(await told({ kind: "u", name: "ann" }, "")).toEqual({ epoch, sequence: 2 });
  // Whoever is further than an entry has it.
  await site.ask({ epoch, after: 3, guard: "quick" }, OF_TASKS);
  const one = await told({ kind: "u", name: "ben" }, all);
  expect(one).toEqual({ epoch, sequence: 3, confirmed: ["tasks/quick"], missing: ["tasks/slow"] });

  // Who follows while somebody waits for it.
  const both = told({ kind: "u", name: "eve" }, "?wait=all&timeout=30");
  let after = 3;
  while (after === 3) after = (await site.page({ epoch, after, wait: 5 })).to;
  for (const guard of ["slow", "quick"]) await site.ask({ epoch, after, guard }, OF_TASKS);
  expect(await both).toEqual({ epoch, sequence: 4, confirmed: ["tasks/quick", "tasks/slow"], missing: [] });
});

test("guards whose names a database takes for one do not speak for each other", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const site = await open();
  // As on MySQL.
  const table = site.database.prepare("SELECT sql FROM sqlite_master WHERE name = 'revocationGuard'").pluck().get() as string;
  site.database.exec(`DROP TABLE revocationGuard; ${table.replace('"name" text', '"name" text COLLATE NOCASE')}`);
  expect((await site.ask({ guard: "Tasks-1" }, OF_TASKS)).status).toBe(200);
  const answer = await site.ask({ guard: "tasks-1" }, OF_TASKS);
  expect([answer.status, await answer.json()]).toMatchObject([400, { message: expect.stringContaining("tasks/Tasks-1") }]);
  vi.setSystemTime(Date.now() + 61_000);
  expect((await site.ask({ guard: "tasks-1" }, OF_TASKS)).status, "the other one is gone").toBe(200);
  expect(site.database.prepare("SELECT name FROM revocationGuard").pluck().all()).toEqual(["tasks/tasks-1"]);
});

test("sessions, users and tokens are taken back by name", async () => {
  const site = await open();
  const ann = await site.person("ann");
  const { session } = await ann.session();
  const until = Math.floor(Date.now() / 1000) + 1_000_000;
  const token = await ann.token();
  const wishes = [
    { kind: "s", name: session.id }, { kind: "s", name: "elsewhere" }, { kind: "u", name: "ben" }, { kind: "j", name: "a", until }, { kind: "t", token, until },
  ];
  for (const wish of wishes) expect((await post(site, wish)).status).toBe(200);
  expect(await ann.session(), "a session that is here ends here, too").toBe(null);
  const { key, entries } = await site.page();
  const hash = (kind: "s" | "u" | "j" | "t", name: string) => hashOf(parseKey(key), kind, name);
  const signed = createHash("sha256").update(token.split(".").slice(0, 2).join(".")).digest("base64url");
  const names = [["s", session.id], ["s", "elsewhere"], ["u", "ben"], ["j", "a"], ["t", signed]] as const;
  for (const [kind, name] of names) {
    expect(entries.map(([, hashed]) => hashed), `${kind} ${name}`).toContain(hash(kind, name));
  }
  expect(entries.filter(([kind]) => kind === "j" || kind === "t").map(([, , end]) => end)).toEqual([until + 120, until + 120]);
});

test("who shows no credential, or another one, takes nothing back and reads nothing", async () => {
  const site = await open();
  const wrong = [
    basic("tasks", `${SECRET}0`), basic("billing", SECRET), basic("tasks", ""), basic("", SECRET), { authorization: "Basic" }, { authorization: `Bearer ${SECRET}` }, { authorization: "" },
  ];
  for (const headers of wrong) {
    expect((await post(site, { kind: "u", name: "ann" }, "", headers)).status, JSON.stringify(headers)).toBe(401);
    expect((await site.ask({}, headers)).status, JSON.stringify(headers)).toBe(401);
  }
  expect((await post(site, { kind: "u", name: "ann" }, "", {})).status).toBe(401);
  expect((await site.page()).entries).toEqual([]);
});

test.each([
  {}, { kind: "s" }, { kind: "x", name: "a" }, { kind: "s", name: "" }, { kind: "s", name: "a".repeat(1025) }, { kind: "t", name: "a" },
  { kind: "t", token: "a.b" }, { kind: "t", token: "a.b.c.d" }, { kind: "j", name: "a", until: "1" }, { kind: "j", name: "a", until: 1.5 }, { kind: "j", name: ["a"] },
  { kind: "s", name: "a", token: "a.b.c" }, [], null,
])("what is not as the page says is a 400: %j", async (body) => {
  const site = await open();
  expect((await post(site, body)).status).toBe(400);
  expect((await site.page()).entries).toEqual([]);
});

test("what cannot be written is a 503", async () => {
  const site = await open();
  await site.page();
  site.database.exec("ALTER TABLE revocation RENAME TO elsewhere");
  for (const body of [{ kind: "j", name: "a" }, { kind: "u", name: "a" }]) expect((await post(site, body)).status).toBe(503);
});

test.each(["tasks", "tasks:short", `ta sks:${SECRET}`, `:${SECRET}`])("a credential that is none is refused: %s", async (entry) => {
  expect(() => betterAuth(optionsOf({ countersign: { resourceServers: [entry] } }))).toThrow("NAME:SECRET");
});
