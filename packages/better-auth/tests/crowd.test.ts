import type { GenericEndpointContext } from "@better-auth/core";
import type { DBAdapter } from "@better-auth/core/db/adapter";
import { betterAuth, type BetterAuthOptions } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { expect, onTestFinished, test, vi } from "vitest";
import { signAnswer } from "../src/answer.ts";
import { Feed } from "../src/feed.ts";
import { Strangers } from "../src/strangers.ts";
import { optionsOf, Site } from "./site.ts";

// Many guards ask at once, and some who are none.

const SECRET = "4f1d0c9b8a7e6f5d4c3b2a19087f6e5d";
const OF_TASKS = { authorization: `Basic ${Buffer.from(`tasks:${SECRET}`).toString("base64")}` };
const EVENTS = { accept: "text/event-stream" };

/** A site that counts, whatever its own rules say of all paths. */
function open(): Promise<Site> {
  const rateLimit = { enabled: true, customRules: { "/rev*": { window: 60, max: 1 } } };
  return Site.open({ countersign: { resourceServers: [`tasks:${SECRET}`] }, more: { rateLimit } });
}

test("a guard with a credential may ask without a pause", async () => {
  const site = await open();
  // What is not as the page says costs no look into the database, and counts.
  for (let at = 0; at < 1_100; at += 1) expect((await site.ask({ wait: "x" }, OF_TASKS)).status).toBe(400);
});

test("strangers have a hundred questions in a second, and are told when to ask again", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const site = await open();
  for (let second = 0; second < 12; second += 1) {
    for (let at = 0; at < 100; at += 1) expect((await site.ask({ wait: "x" })).status).toBe(400);
    const answer = await site.ask({ wait: "x" });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "1"]);
    expect((await site.ask({ wait: "x" }, { "x-forwarded-for": "192.0.2.1" })).status, "at another address").toBe(400);
    expect((await site.ask({}, OF_TASKS)).status).toBe(200);
    vi.advanceTimersByTime(1_000);
  }
});

test("two hundred questions of an address wait at once, and each that ends makes room", async () => {
  const site = await Site.open({ countersign: { resourceServers: [`tasks:${SECRET}`] } });
  const streams: Response[] = [];
  for (let at = 0; at < 200; at += 1) streams.push(await site.ask({}, EVENTS));
  onTestFinished(async () => void (await Promise.all(streams.map(({ body }) => body?.cancel()))));
  expect(streams.every(({ status }) => status === 200)).toBe(true);
  const statuses = async () => {
    const asked = [site.ask({}, EVENTS), site.ask({ wait: 1 }), site.ask(), site.ask({}, { ...EVENTS, ...OF_TASKS })];
    const answers = await Promise.all(asked);
    streams.push(...answers);
    return answers.map(({ status }) => status);
  };
  expect(await statuses()).toEqual([429, 429, 200, 200]);
  await streams[0]?.body?.cancel();
  await streams[1]?.body?.cancel();
  expect(await statuses()).toEqual([200, 200, 200, 200]);
});

test("a question that was answered waits no more, however often that is said", () => {
  const strangers = new Strangers();
  const wait = () => strangers.wait("192.0.2.1", { wait: 1, asEvents: false });
  const leave = wait();
  for (let at = 1; at < 200; at += 1) wait();
  leave();
  leave();
  wait();
  expect(wait).toThrow("Too many requests");
});

test("all that come for the news of one look share its page and its key, and where there is no news none is read", async () => {
  const options: BetterAuthOptions = optionsOf();
  await (await getMigrations(options)).runMigrations();
  const context = await betterAuth(options).$context;
  const read: string[] = [];
  const findMany: DBAdapter["findMany"] = (query) => {
    read.push(query.model);
    return context.adapter.findMany(query);
  };
  const adapter = { ...context.adapter, findMany };
  const warn = (error: unknown) => expect.unreachable(String(error));
  const feed = new Feed(adapter, { pollInterval: 5, until: (second) => second + 60, warn });
  const ask = (followed?: { epoch: string; after: number }) =>
    Promise.all(Array.from({ length: 20 }, () => feed.next({ followed, wait: 0 })));
  const ctx = { context: { ...context, adapter } } as unknown as GenericEndpointContext;
  const sign = (news: Awaited<ReturnType<typeof ask>>) =>
    Promise.all(news.map((one, at) => signAnswer(ctx, undefined, one, `nonce-${at}`)));
  const [first] = await ask();
  await sign(await ask());
  const { internalAdapter } = context;
  const user = await internalAdapter.createUser({ name: "Ann", email: "ann@example.com" }, { method: "email-password" });
  await internalAdapter.deleteSession((await internalAdapter.createSession(user.id)).token);

  read.length = 0;
  const news = await ask({ epoch: String(first?.page.epoch), after: 0 });
  expect(new Set(await sign(news)).size, "each has its own nonce").toBe(20);
  expect(news.map(({ page }) => page.entries.length)).toEqual(Array.from({ length: 20 }, () => 2));
  expect([read.filter((model) => model === "revocation").length, read.filter((model) => model === "jwks").length]).toEqual([1, 1]);

  read.length = 0;
  await ask({ epoch: String(first?.page.epoch), after: 2 });
  expect(read.filter((model) => model === "revocation")).toEqual([]);
});
