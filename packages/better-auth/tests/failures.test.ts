import type { DBAdapter } from "@better-auth/core/db/adapter";
import { betterAuth, type BetterAuthOptions, type BetterAuthPlugin } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { nextCookies } from "better-auth/next-js";
import { memoryAdapter } from "better-auth/adapters/memory";
import { admin, jwt } from "better-auth/plugins";
import { beforeAll, expect, test, vi } from "vitest";
import { countersign } from "../src/index.ts";
import { optionsOf, ORIGIN, PASSWORD, Site, Storage } from "./site.ts";

// What cannot be written is no success.

// What Better Auth says of its errors.
beforeAll(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.useFakeTimers({ toFake: ["Date"] });
});

const REFUSE = (table: string, event: string) =>
  `CREATE TRIGGER broken BEFORE ${event} ON ${table} BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END`;

const REQUESTS = [
  ["/sign-out", {}],
  ["/revoke-sessions", {}],
  ["/delete-user", { password: PASSWORD }],
  ["/change-password", { currentPassword: PASSWORD, newPassword: "another password" }],
] as const;

test.each(REQUESTS)("t230 %s fails when its revocation cannot be written, changes nothing, and may be made again", async (path, body) => {
  const site = await Site.open({ alone: true });
  const ann = await site.person("ann");
  const token = await ann.token();
  const rows = () => site.database.prepare("SELECT (SELECT count(*) FROM session), group_concat(password) FROM account").get();
  const before = rows();
  site.database.exec(REFUSE("revocationInbox", "INSERT"));
  expect((await ann.send("POST", path, body)).status).toBe(500);
  expect(rows()).toEqual(before);
  site.database.exec("DROP TRIGGER broken");
  expect(await site.refuses(token)).toBe(false);
  // A new password spares tokens of its second.
  vi.setSystemTime(Date.now() + 1000);
  await ann.post(path, body);
  expect(await site.refuses(token)).toBe(true);
});

test.each([
  ["/sign-out", ["get"]],
  ["/sign-out", ["delete"]],
  ["/revoke-sessions", ["set"]],
  ["/revoke-sessions", ["delete"]],
  ["/delete-user", ["set"]],
] as const)("t230 %s fails when secondaryStorage refuses %s, and may be made again", async (path, away) => {
  const secondaryStorage = new Storage();
  const more = { secondaryStorage, session: { storeSessionInDatabase: true } };
  const site = await Site.open({ alone: true, more });
  expect(secondaryStorage.get("nothing"), "what answers at once still does").toBe(null);
  const ann = await site.person("ann");
  const thief = site.browser();
  for (const [name, value] of ann.cookies) thief.cookies.set(name, value);
  const token = await ann.token();
  secondaryStorage.away = [...away];
  expect((await ann.send("POST", path, { password: PASSWORD })).status).toBe(500);
  expect(ann.cookies.size).toBe(1);
  secondaryStorage.away = [];
  await ann.post("/revoke-sessions");
  expect(await site.refuses(token)).toBe(true);
  expect((await thief.send("GET", "/token")).status, "no copy gives a new token").toBe(401);
});

test("t230 a sign-out whose session cannot be deleted is no success", async () => {
  const site = await Site.open({ alone: true });
  const ann = await site.person("ann");
  site.database.exec(REFUSE("session", "DELETE"));
  expect((await ann.send("POST", "/sign-out", {})).status).toBe(500);
  expect(ann.cookies.size, "it may be made again").toBe(1);
});

test("a session that cannot be looked for is not taken for one that is gone", async () => {
  // The look is the one that Better Auth itself makes before it deletes, and whose error it overlooks.
  const options = optionsOf();
  await (await getMigrations(options)).runMigrations();
  let breaks = false;
  const breaking = {
    id: "breaking",
    init({ adapter }: { adapter: DBAdapter }) {
      const findMany = adapter.findMany.bind(adapter);
      adapter.findMany = async (query) => {
        if (breaks && query.model === "session") throw new Error("disk I/O error");
        return findMany(query);
      };
    },
  };
  const { handler } = betterAuth({ ...options, plugins: [jwt(), breaking, countersign()] });
  const post = (path: string, body: unknown, cookie = "") => {
    const headers = { "content-type": "application/json", origin: ORIGIN, cookie };
    return handler(new Request(`${ORIGIN}/api/auth${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
  };
  const signedUp = await post("/sign-up/email", { name: "Ann", email: "ann@example.com", password: PASSWORD });
  const cookie = signedUp.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  const { token } = (await signedUp.json()) as { token: string };
  breaks = true;
  expect((await post("/revoke-session", { token }, cookie)).status).toBe(500);
  breaks = false;
  expect((await post("/revoke-session", { token }, cookie)).status).toBe(200);
});

test("what an endpoint rolls back leaves no revocation", async () => {
  const options = optionsOf();
  await (await getMigrations(options)).runMigrations();
  const context = await betterAuth(options).$context;
  const user = await context.internalAdapter.createUser(
    { name: "Ann", email: "ann@example.com", emailVerified: true },
    { method: "email-password" },
  );
  await context.internalAdapter.createSession(user.id);
  const count = () => context.adapter.count({ model: "revocationInbox" });
  const rolledBack = context.adapter.transaction(async (trx) => {
    await trx.deleteMany({ model: "session", where: [{ field: "userId", value: user.id }] });
    expect(await trx.count({ model: "revocationInbox" })).toBe(2);
    throw new Error("rolled back");
  });
  await expect(rolledBack).rejects.toThrow("rolled back");
  expect([await count(), await context.adapter.count({ model: "session" })]).toEqual([0, 1]);
  await context.adapter.delete({ model: "user", where: [{ field: "id", value: user.id }] });
  expect(await count(), "without Better Auth's own functions, too").toBe(1);
});

/** An adapter that somebody wrote without Better Auth's help. */
const byHand = (options: BetterAuthOptions) => ({ ...memoryAdapter({})(options), options: undefined });

type Setting = [string, Parameters<typeof optionsOf>[0]];

test.each<Setting>([
  ["jwt.getSubject", { jwt: { jwt: { getSubject: () => "another" } } }],
  ["jwks.remoteUrl", { jwt: { jwks: { remoteUrl: "https://keys.example", keyPairConfig: { alg: "EdDSA" } } } }],
  ["generateId", { more: { advanced: { database: { generateId: "serial" } } } }],
  ["secondaryStorage", { more: { secondaryStorage: { get: () => null } as never } }],
  ["`database`", { more: { database: undefined } }],
  ["has no transactions", { more: { database: byHand } }],
])("settings with which something would be missed are refused: %s", async (named, wishes) => {
  await expect(betterAuth(optionsOf(wishes)).$context).rejects.toThrow(`countersign(): `);
  await expect(betterAuth(optionsOf(wishes)).$context).rejects.toThrow(named);
});

test("it does not start without the plugin jwt", async () => {
  const options = { ...optionsOf(), plugins: [countersign()] };
  await expect(betterAuth(options).$context).rejects.toThrow("there is no plugin jwt");
});

test("it does not start where a plugin that has hooks comes behind it, but for those that hand cookies to a framework", async () => {
  const behind = (plugin: BetterAuthPlugin) => betterAuth({ ...optionsOf(), plugins: [jwt(), countersign(), plugin] }).$context;
  await expect(behind(admin())).rejects.toThrow("the plugin admin comes behind countersign()");
  expect((await behind(nextCookies())).hasPlugin("countersign")).toBe(true);
});
