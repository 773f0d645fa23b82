import Database from "better-sqlite3";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { expect, onTestFinished, test, vi } from "vitest";
import { hashOf, parseKey } from "../src/hash.ts";
import { ORIGIN, PASSWORD, Site } from "./site.ts";

// The wire of docs/revocation-feed.md.

test("an answer goes on where the question stands", async () => {
  const site = await Site.open();
  const first = await site.page({ nonce: "aB-_9" });
  expect(first).toMatchObject({ iss: ORIGIN, nonce: "aB-_9", from: 0, to: 0, more: false, entries: [] });
  const ann = await site.person("ann");
  const { session, user } = await ann.session();
  await ann.post("/sign-out");
  const next = await site.page({ epoch: first.epoch, after: first.to });
  const key = parseKey(next.key);
  const [second, until] = [expect.any(Number), expect.any(Number)];
  expect(next).toMatchObject({ epoch: first.epoch, key: first.key, from: 0, to: 2, more: false });
  expect(next.entries).toEqual(
    expect.arrayContaining([["s", hashOf(key, "s", session.id), until], ["u", hashOf(key, "u", user.id), until, second]]),
  );
  expect(await site.page({ epoch: first.epoch, after: 2 })).toMatchObject({ from: 2, to: 2, entries: [] });
  expect("nonce" in next).toBe(false);
});

test("who stands elsewhere begins at the beginning", async () => {
  const site = await Site.open();
  await (await site.person("ann")).post("/sign-out");
  const { epoch } = await site.page();
  for (const place of [{}, { epoch }, { after: 1 }, { epoch: "another", after: 1 }, { epoch, after: 3 }]) {
    expect(await site.page(place as Record<string, string>)).toMatchObject({ from: 0, to: 2 });
  }
});

test("a question waits for news, and no longer than it says", async () => {
  const site = await Site.open({ countersign: { pollInterval: 5 } });
  const ann = await site.person("ann");
  const { epoch } = await site.page();
  const waiting = site.page({ epoch, after: 0, wait: 30 });
  await ann.post("/sign-out");
  expect((await waiting).entries).toHaveLength(2);
  expect((await site.page({ epoch, after: 2, wait: 1 })).entries).toEqual([]);
});

test("answers come as events, one at once and one with each change, from where the last one ended", async () => {
  const logged: string[] = [];
  const logger = { log: (_: string, message: string) => void logged.push(message) };
  const site = await Site.open({ countersign: { pollInterval: 5 }, more: { logger } });
  const ann = await site.person("ann");
  const open = async (headers: Record<string, string> = {}) => {
    const answer = await site.ask({ nonce: "n" }, { accept: "text/event-stream", ...headers });
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    return async () => {
      const [, id = "", data = ""] = /^id: (\S+)\ndata: (\S+)\n\n$/.exec((await reader?.read())?.value ?? "") ?? [];
      return { id, ...decodeJwt<{ nonce: string; from: number; to: number }>(data) };
    };
  };
  const next = await open();
  const first = await next();
  expect(first).toMatchObject({ nonce: "n", from: 0, to: 0 });
  await ann.post("/sign-out");
  const second = await next();
  expect(second).toMatchObject({ from: 0, to: 2 });
  expect(second.id).toMatch(/^.+:2$/);
  const later = await open({ "last-event-id": second.id });
  expect(await later()).toMatchObject({ from: 2, to: 2 });
  site.database.exec("ALTER TABLE revocationHead RENAME TO elsewhere");
  await expect(later(), "what cannot be answered ends the stream").rejects.toThrow();
  expect(logged.at(-1)).toBe("the revocation feed cannot be read or written now");
});

test.each([
  "wait=31", "wait=-1", "wait=1.5", "wait=", "after=x&epoch=e", "after=-1&epoch=e", "after=9999999999999999999&epoch=e",
  "nonce=a%20b", "nonce=a&nonce=b", `nonce=${"a".repeat(65)}`, "nonce=%00", "nonce=a%0a", "guard=", "guard=a/b", "kids=%0a",
  "epoch=a&epoch=b&after=1", "wait=1&wait=2", "nonce[]=a&nonce[]=b&nonce=a&nonce=b",
])("what is not as the page says is a 400: %s", async (query) => {
  const site = await Site.open();
  const answer = await site.handle(new Request(`${ORIGIN}/api/auth/revocations?${query}`));
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: "VALIDATION_ERROR" });
});

test("a credential that nobody knows is a 401", async () => {
  const site = await Site.open();
  const answer = await site.ask({}, { authorization: "Basic dGFza3M6c2VjcmV0" });
  expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, 'Basic realm="revocations"']);
});

test("what cannot be looked up now is a 503", async () => {
  const site = await Site.open();
  await site.page();
  site.database.exec("ALTER TABLE revocationHead RENAME TO elsewhere");
  const answer = await site.ask();
  expect([answer.status, await answer.text()]).toEqual([503, expect.not.stringContaining("elsewhere")]);
});

test.each(["EdDSA", "ES256", "ES512", "PS256", "RS256"] as const)("answers are signed as tokens are: %s", async (alg) => {
  const site = await Site.open({ jwt: { jwks: { keyPairConfig: { alg } }, jwt: { issuer: "https://issuer.example" } } });
  const ann = await site.person("ann");
  const page = await site.page();
  expect([page.iss, page.kid]).toEqual(["https://issuer.example", decodeProtectedHeader(await ann.token()).kid]);
});

test("a new key signs as soon as it signs tokens", async () => {
  const site = await Site.open({ jwt: { jwks: { disablePrivateKeyEncryption: true } } });
  const { kid } = await site.page();
  site.database.prepare("UPDATE jwks SET expiresAt = '2020-01-01T00:00:00.000Z'").run();
  const ann = await site.person("ann");
  const newest = decodeProtectedHeader(await ann.token()).kid;
  expect(newest).not.toBe(kid);
  expect((await site.page()).kid).toBe(newest);
});

test("long answers come in pages that follow each other", async () => {
  const site = await Site.open();
  await site.page();
  const insert = site.database.prepare("INSERT INTO revocation VALUES (?, ?, 's', ?, ?, NULL, '2026-01-01T00:00:00.000Z')");
  const until = Math.floor(Date.now() / 1000) + 1000;
  site.database.transaction(() => {
    for (let at = 1; at <= 20_001; at += 1) insert.run(String(at), at, "AAAAAAAAAAE", until);
  })();
  site.database.exec("UPDATE revocationHead SET sequence = 20008");
  const places = [];
  let page = await site.page();
  for (;;) {
    places.push([page.from, page.to, page.more, page.entries.length]);
    if (!page.more) break;
    page = await site.page({ epoch: page.epoch, after: page.to });
  }
  expect(places).toEqual([[0, 10_000, true, 10_000], [10_000, 20_000, true, 10_000], [20_000, 20_008, false, 1]]);
});

test("what is over for more than a day is neither told nor kept", async () => {
  const site = await Site.open();
  await (await site.person("ann")).post("/sign-out");
  const { entries } = await site.page();
  expect(entries).toHaveLength(2);
  const now = Math.floor(Date.now() / 1000);
  site.database.prepare("UPDATE revocation SET until = ? WHERE kind = 's'").run(now - 86_300);
  site.database.prepare("UPDATE revocation SET until = ? WHERE kind = 'u'").run(now - 86_500);
  const later = await Site.open({ database: site.database });
  expect((await later.page()).entries.map(([kind]) => kind)).toEqual(["s"]);
  expect(site.database.prepare("SELECT kind FROM revocation").all()).toEqual([{ kind: "s" }]);
});

test("t239 a clock that jumps ahead forgets nothing", async () => {
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const site = await Site.open();
  await (await site.person("ann")).post("/sign-out");
  expect((await site.page()).entries).toHaveLength(2);
  // Long enough for the next look to forget what is over.
  vi.advanceTimersByTime(60_000);
  site.database.exec("INSERT INTO revocation VALUES ('old', 0, 's', 'AAAAAAAAAAE', 1, NULL, '2026-01-01T00:00:00.000Z')");
  vi.setSystemTime(Date.now() + 366 * 86_400_000);
  expect((await site.page()).entries).toHaveLength(2);
  const rows = site.database.prepare("SELECT sequence FROM revocation ORDER BY sequence").all();
  expect(rows, "what was over by then is").toEqual([{ sequence: 1 }, { sequence: 2 }]);
});

test("an entry is told as long as a token may live", async () => {
  for (const [jwt, life] of [[undefined, 86_400], [{ expirationTime: "3d" }, 3 * 86_400]] as const) {
    const site = await Site.open({ jwt: { jwt } });
    await (await site.person("ann")).post("/sign-out");
    const [, , until = 0] = (await site.page()).entries[0] ?? [];
    const left = until - Math.floor(Date.now() / 1000);
    expect(left).toBeGreaterThan(life + 60);
    expect(left).toBeLessThanOrEqual(life + 120);
  }
});

test("with `serve: false` the inbox is written, and another server gives numbers", async () => {
  const database = new Database(":memory:");
  const writes = await Site.open({ database, countersign: { serve: false } });
  await (await writes.person("ann")).post("/sign-out");
  expect((await writes.ask()).status).toBe(404);
  expect(database.prepare("SELECT kind FROM revocationInbox ORDER BY kind").all()).toEqual([{ kind: "s" }, { kind: "u" }]);
  expect((await (await Site.open({ database })).page()).entries).toHaveLength(2);
});

test("names are not in the sequence, and the inbox is empty when they have their numbers", async () => {
  const site = await Site.open();
  const ann = await site.person("ann");
  const { user } = await ann.session();
  await ann.post("/delete-user", { password: PASSWORD });
  await site.page();
  expect(site.database.prepare("SELECT count(*) AS n FROM revocationInbox").get()).toEqual({ n: 0 });
  expect(JSON.stringify(site.database.prepare("SELECT * FROM revocation").all())).not.toContain(user.id);
});
