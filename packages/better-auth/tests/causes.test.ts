import { createAuthMiddleware, getSessionFromCtx } from "better-auth/api";
import { decodeJwt } from "jose";
import { beforeAll, expect, test, vi } from "vitest";
import { byUpdate } from "../src/causes.ts";
import { minimalClaims } from "../src/index.ts";
import { type Browser, PASSWORD, Site, Storage } from "./site.ts";

// What Better Auth ends, and whether a guard that reads the feed refuses the token of it.

beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"] }));

const NEW = "another password for tests";

type Story = (site: Site, ann: Browser) => Promise<unknown>;

/** As if she had only ever come by another provider. */
async function withoutPassword(site: Site, ann: Browser): Promise<void> {
  site.database.prepare("DELETE FROM account WHERE userId = ?").run((await ann.session()).user.id);
  nextSecond();
}

async function admin(site: Site, path: string, body: (user: string, token: string) => unknown, ann: Browser) {
  const root = await site.person("root", "admin");
  const { user, session } = await ann.session();
  return root.post(`/admin/${path}`, body(user.id, session.token));
}

const ENDS: Record<string, Story> = {
  "sign-out": (_, ann) => ann.post("/sign-out"),
  "revoke-session": async (_, ann) => ann.post("/revoke-session", { token: (await ann.session()).session.token }),
  "revoke-sessions": (_, ann) => ann.post("/revoke-sessions"),
  "revoke-other-sessions": async (site) => (await site.browser().signIn("ann")).post("/revoke-other-sessions"),
  "multi-session/revoke": async (_, ann) =>
    ann.post("/multi-session/revoke", { sessionToken: (await ann.session()).session.token }),
  "delete-user": (_, ann) => ann.post("/delete-user", { password: PASSWORD }),
  "reset-password": async (site, ann) => {
    nextSecond();
    await ann.post("/request-password-reset", { email: "ann@example.com" });
    await ann.post("/reset-password", { newPassword: NEW, token: site.resets.at(-1) });
  },
  "change-password": async (_, ann) => {
    nextSecond();
    await ann.post("/change-password", { currentPassword: PASSWORD, newPassword: NEW });
  },
  "change-password with revokeOtherSessions": async (site) => {
    const other = await site.browser().signIn("ann");
    await other.post("/change-password", { currentPassword: PASSWORD, newPassword: NEW, revokeOtherSessions: true });
  },
  "an administrator's ban": (site, ann) => admin(site, "ban-user", (userId) => ({ userId }), ann),
  "an administrator's update that bans": (site, ann) =>
    admin(site, "update-user", (userId) => ({ userId, data: { banned: true } }), ann),
  "another role": (site, ann) => admin(site, "set-role", (userId) => ({ userId, role: "admin" }), ann),
  "an administrator's removal": (site, ann) => admin(site, "remove-user", (userId) => ({ userId }), ann),
  "an administrator's revoke-user-session": (site, ann) =>
    admin(site, "revoke-user-session", (_, sessionToken) => ({ sessionToken }), ann),
  "an administrator's revoke-user-sessions": (site, ann) =>
    admin(site, "revoke-user-sessions", (userId) => ({ userId }), ann),
  "an administrator's new password": async (site, ann) => {
    nextSecond();
    await admin(site, "set-user-password", (userId) => ({ userId, newPassword: NEW }), ann);
  },
  "a first password by mail": async (site, ann) => {
    await withoutPassword(site, ann);
    await ann.post("/request-password-reset", { email: "ann@example.com" });
    await ann.post("/reset-password", { newPassword: NEW, token: site.resets.at(-1) });
  },
  "a first password by an administrator": async (site, ann) => {
    await withoutPassword(site, ann);
    await admin(site, "set-user-password", (userId) => ({ userId, newPassword: NEW }), ann);
  },
};

for (const [tokens, definePayload] of [["tokens of the stock plugin", undefined], ["minimal tokens", minimalClaims]] as const) {
  test.concurrent.each(Object.entries(ENDS))(`%s refuses ${tokens}`, async (_, story) => {
    const site = await Site.open({ jwt: { jwt: definePayload && { definePayload } } });
    const [ann, bob] = [await site.person("ann"), await site.person("bob")];
    const [hers, his] = [await ann.token(), await bob.token()];
    expect(await site.refuses(hers)).toBe(false);
    await story(site, ann);
    expect(await site.refuses(hers)).toBe(true);
    expect(await site.refuses(his), "another user's").toBe(false);
  });
}

test("who looked just before another role was written issues no token that lasts", async () => {
  const site = await Site.open();
  const ann = await site.person("ann");
  await admin(site, "set-role", (userId) => ({ userId, role: "admin" }), ann);
  nextSecond();
  const meanwhile = await ann.token();
  nextSecond();
  const later = await ann.token();
  expect([await site.refuses(meanwhile), await site.refuses(later)]).toEqual([true, false]);
});

test("what changes nothing of that ends nothing", async () => {
  const site = await Site.open();
  const ann = await site.person("ann");
  const root = await site.person("root", "admin");
  const { user } = await ann.session();
  await ann.post("/update-user", { name: "Anne" });
  await root.post("/admin/unban-user", { userId: user.id });
  await root.post("/admin/set-role", { userId: user.id, role: "user" });
  await root.post("/admin/update-user", { userId: user.id, data: { name: "Annie", role: "user" } });
  expect((await site.page()).entries).toEqual([]);
});

test("a session whose time was over ends nothing", async () => {
  const site = await Site.open();
  const ann = await site.person("ann");
  const token = await ann.token();
  site.database.prepare("UPDATE session SET expiresAt = '2020-01-01T00:00:00.000Z'").run();
  expect(await ann.session()).toBe(null);
  expect(site.database.prepare("SELECT count(*) AS n FROM session").get()).toEqual({ n: 0 });
  expect(await site.refuses(token)).toBe(false);
});

test("minimal tokens of other sessions go on", async () => {
  const site = await Site.open({ jwt: { jwt: { definePayload: minimalClaims } } });
  const here = await site.person("ann");
  const there = await site.browser().signIn("ann");
  const [one, other] = [await here.token(), await there.token()];
  await here.post("/sign-out");
  expect([await site.refuses(one), await site.refuses(other)]).toEqual([true, false]);
});

test("of a thousand sessions that end together each is refused", async () => {
  const site = await Site.open({ jwt: { jwt: { definePayload: minimalClaims } } });
  const ann = await site.person("ann");
  const { user } = await ann.session();
  const insert = site.database.prepare(
    "INSERT INTO session (id, expiresAt, token, createdAt, updatedAt, userId) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const [now, later] = [new Date().toISOString(), new Date(Date.now() + 3_600_000).toISOString()];
  for (let at = 1; at < 1000; at += 1) insert.run(`session-${at}`, later, `token-${at}`, now, now, user.id);
  await ann.post("/revoke-sessions");
  expect((await site.page()).entries.filter(([kind]) => kind === "s")).toHaveLength(1000);
});

test("sessions whose rows are kept end, too", async () => {
  const session = { storeSessionInDatabase: true, preserveSessionInDatabase: true };
  const site = await Site.open({ more: { secondaryStorage: new Storage(), session } });
  const ann = await site.person("ann");
  const token = await ann.token();
  await ann.post("/sign-out");
  expect(await site.refuses(token)).toBe(true);
});

test("a session ends with an end that a clock which was set back since calls later, and not with a nearer end", () => {
  const now = new Date();
  const [soon, later, latest] = [1_000, 3_600_000, 7_200_000].map((ahead) => new Date(now.getTime() + ahead));
  const ends = (expiresAt: Date | undefined, row: Date | undefined) =>
    byUpdate("session", { expiresAt }, now, true)?.({ id: "session", expiresAt: row }) ?? [];
  expect(ends(soon, later)).toEqual([{ kind: "s", name: "session" }]);
  expect([ends(later, latest), ends(latest, later), ends(soon, soon)]).toEqual([[], [], []]);
});

test("a minimal token is good no longer than its session", async () => {
  const jwt = { jwt: { definePayload: minimalClaims, expirationTime: "1h" } };
  const site = await Site.open({ jwt, more: { session: { disableSessionRefresh: true } } });
  const ann = await site.person("ann");
  const now = Math.floor(Date.now() / 1000);
  expect(decodeJwt(await ann.token()).exp).toBeGreaterThanOrEqual(now + 3600);
  site.database.prepare("UPDATE session SET expiresAt = ?").run(new Date((now + 600) * 1000).toISOString());
  expect(decodeJwt(await ann.token()).exp).toBe(now + 600);
});

const LOOKS_FIRST = createAuthMiddleware(async (ctx) => void (await getSessionFromCtx(ctx)));

test.each([
  ["", undefined],
  [", nor when a hook looked into it first", { before: LOOKS_FIRST }],
])("t141 a session that ended gives no token out of its cookie cache%s", async (_, hooks) => {
  const site = await Site.open({ more: { session: { cookieCache: { enabled: true, maxAge: 300 } }, hooks } });
  const ann = await site.person("ann");
  const thief = site.browser();
  for (const [name, value] of ann.cookies) thief.cookies.set(name, value);
  await ann.post("/sign-out");
  expect((await thief.send("GET", "/token")).status).toBe(401);
  expect((await thief.send("GET", "/get-session")).headers.get("set-auth-jwt")).toBe(null);
});

test("whoever changes a password goes on with tokens of that second", async () => {
  const site = await Site.open();
  const ann = await site.person("ann");
  nextSecond();
  await ann.post("/change-password", { currentPassword: PASSWORD, newPassword: NEW });
  expect(await site.refuses(await ann.token())).toBe(false);
});

test("a token is not younger than the request for it: another role that comes between refuses it", async () => {
  let between = async () => {};
  const definePayload = async (signedIn: Parameters<typeof minimalClaims>[0]) => {
    await between();
    nextSecond();
    return minimalClaims(signedIn);
  };
  const site = await Site.open({ jwt: { jwt: { definePayload } }, countersign: { tokensNameSession: true } });
  const [root, ann] = [await site.person("root", "admin"), await site.person("ann")];
  const { user } = await ann.session();
  between = async () => void (await root.post("/admin/set-role", { userId: user.id, role: "admin" }));
  const token = await ann.token();
  expect(await site.refuses(token)).toBe(true);
});

function nextSecond(): void {
  vi.setSystemTime(Date.now() + 1000);
}
