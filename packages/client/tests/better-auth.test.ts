import { betterAuth } from "better-auth";
import { createAuthClient } from "better-auth/client";
import { getMigrations } from "better-auth/db/migration";
import { jwt } from "better-auth/plugins";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countersignClient, type End, SignedOut } from "../src/index.ts";
import { Browser, delivered } from "./browser.ts";

// The real Better Auth with its own client, and two tabs with the plugin.

const ORIGIN = "http://localhost:3000";
const ANN = { name: "Ann", email: "ann@example.com", password: "a password of Ann's" };
const BOB = { name: "Bob", email: "bob@example.com", password: "a password of Bob's" };

let browser: Browser;
let ends: End[];
let tokensAsked: number;
let tab: () => ReturnType<typeof open>;

beforeEach(async () => {
  browser = new Browser();
  ends = [];
  tokensAsked = 0;
  const options = {
    secret: "a-secret-for-tests-only-0123456789abcdef",
    baseURL: ORIGIN,
    database: new Database(":memory:"),
    emailAndPassword: { enabled: true },
    user: { deleteUser: { enabled: true } },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    plugins: [jwt()],
  };
  await (await getMigrations(options)).runMigrations();
  const server = betterAuth(options);
  const cookies = new Map<string, string>();
  // What a browser does with cookies.
  const send: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    request.headers.set("origin", ORIGIN);
    request.headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    if (request.url.endsWith("/token")) tokensAsked += 1;
    const response = await server.handler(request);
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/max-age=0/i.test(cookie)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  tab = () => open(send);
});

afterEach(() => browser.close());

function open(customFetchImpl: typeof fetch) {
  const plugin = countersignClient({ onEnd: (why) => ends.push(why), surroundings: browser.tab().surroundings });
  return createAuthClient({ baseURL: ORIGIN, plugins: [plugin], fetchOptions: { customFetchImpl } });
}

test("who signs up has a token at once, and whoever signs out has none in any tab", async () => {
  const [first, second] = [tab(), tab()];
  await first.signUp.email(ANN);
  const token = await first.tokens.get();
  expect(JSON.parse(atob(token.split(".")[1] ?? ""))).toMatchObject({ email: ANN.email });
  await delivered();
  expect(second.tokens.atHand()).toBe(token);

  await first.signOut();
  await delivered();
  expect([first.tokens.atHand(), second.tokens.atHand()]).toEqual([undefined, undefined]);
  await expect(first.tokens.get()).rejects.toBeInstanceOf(SignedOut);
  expect(ends).toEqual(["signed-out"]);
  expect(tokensAsked).toBe(1);
});

test("a session that ended elsewhere is found with the next token", async () => {
  const [first, second] = [tab(), tab()];
  await first.signUp.email(ANN);
  await first.tokens.get();
  await second.$fetch("/revoke-other-sessions", { method: "POST" });
  await second.signIn.email(ANN);
  await delivered();
  expect(await first.tokens.get()).toBeDefined();
  await second.revokeSessions();
  await delivered();
  await expect(first.tokens.get()).rejects.toBeInstanceOf(SignedOut);
  expect(ends).toEqual(["signed-out"]);
});

test("a new name is in the next token, and looking around costs none", async () => {
  const page = tab();
  await page.signUp.email(ANN);
  const first = await page.tokens.get();
  await page.getSession();
  await page.listSessions();
  expect(page.tokens.atHand()).toBe(first);
  await page.updateUser({ name: "Ann of Green Gables" });
  const token = await page.tokens.get();
  expect(JSON.parse(atob(token.split(".")[1] ?? ""))).toMatchObject({ name: "Ann of Green Gables" });
});

test("somebody else who signs in in another tab does not go on as Ann, whatever her page posts", async () => {
  const [anns, other] = [tab(), tab()];
  await anns.signUp.email(ANN);
  await anns.tokens.get();
  await other.signUp.email(BOB);
  await delivered();
  await anns.updateUser({ image: "https://example.com/ann.png" });
  await expect(anns.tokens.get()).rejects.toBeInstanceOf(SignedOut);
  expect(ends).toEqual(["replaced"]);
  // Who signs in in her page may be whoever they are.
  await anns.signIn.email(BOB);
  expect(JSON.parse(atob((await anns.tokens.get()).split(".")[1] ?? ""))).toMatchObject({ email: BOB.email });
  expect(ends).toEqual(["replaced"]);
});

test("a deleted account is the end", async () => {
  const [first, second] = [tab(), tab()];
  await first.signUp.email(ANN);
  await second.tokens.get();
  await first.deleteUser({ password: ANN.password });
  await delivered();
  expect(second.tokens.atHand()).toBeUndefined();
  expect(ends).toEqual(["signed-out"]);
});

test("who is not signed in is told once", async () => {
  const page = tab();
  await expect(page.tokens.get()).rejects.toBeInstanceOf(SignedOut);
  await expect(page.tokens.get()).rejects.toBeInstanceOf(SignedOut);
  expect(ends).toEqual(["expired"]);
  expect(tokensAsked).toBe(1);
});
