import { createAuthClient } from "better-auth/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { countersignClient, type End, SignedOut, Unavailable } from "../src/index.ts";
import { Browser } from "./browser.ts";
import { listen, type Reply } from "./http-server.ts";

// An auth server with refresh tokens, as far as RFC 6749 describes it: the cookie is the browser's matter.

let browser: Browser;
let server: Awaited<ReturnType<typeof listen>>;
let replies: (Reply | Promise<Reply>)[];
let ends: End[];

beforeEach(async () => {
  browser = new Browser();
  ends = [];
  server = await listen(() => replies.shift() ?? { status: 500 });
});

afterEach(() => {
  browser.close();
  server.close();
});

function client() {
  const { surroundings } = browser.tab();
  const plugin = countersignClient({ grant: "refresh-token", onEnd: (why) => ends.push(why), surroundings });
  return createAuthClient({ baseURL: server.url, plugins: [plugin] });
}

const granted = (access_token: string): Reply => ({ body: { access_token, token_type: "Bearer", expires_in: 300 } });
const refused = (error: string): Reply => ({ status: 400, body: { error, error_description: "…" } });
const asked = () => server.received.map(({ method, path, body }) => [method, path, JSON.parse(body).grant_type]);

test("the session gives the first token, and a refresh token the others", async () => {
  const page = client();
  replies = [refused("invalid_request"), granted("one"), granted("two")];
  expect(await page.tokens.get()).toBe("one");
  expect(await page.tokens.get()).toBe("one");
  browser.pass({ seconds: 300 });
  expect(await page.tokens.get()).toBe("two");
  expect(asked()).toEqual([
    ["POST", "/api/auth/token", "refresh_token"],
    ["POST", "/api/auth/token", "session"],
    ["POST", "/api/auth/token", "refresh_token"],
  ]);
});

test("a family that was ended for theft ends the page's session", async () => {
  const page = client();
  replies = [granted("one"), refused("invalid_grant"), refused("invalid_grant")];
  await page.tokens.get();
  await expect(page.tokens.get({ refused: "one" })).rejects.toBeInstanceOf(SignedOut);
  expect(ends).toEqual(["expired"]);
});

const received = (count: number) => vi.waitFor(() => expect(server.received).toHaveLength(count));

test("an answer that begins and does not end is given up, and the next tab asks", async () => {
  const [first, second] = [client(), client()];
  replies = [{ ...granted("one"), stalls: true }, granted("two")];
  const stalled = first.tokens.get();
  const failed = expect(stalled).rejects.toBeInstanceOf(Unavailable);
  await received(1);
  const next = second.tokens.get();
  browser.pass({ seconds: 15 });
  await failed;
  expect(await next).toBe("two");
});

test("both questions for one token have to be answered in fifteen seconds", async () => {
  let answer: (reply: Reply) => void = () => {};
  replies = [new Promise<Reply>((resolve) => (answer = resolve)), new Promise<Reply>(() => {})];
  const failed = expect(client().tokens.get()).rejects.toBeInstanceOf(Unavailable);
  await received(1);
  browser.pass({ seconds: 10 });
  answer(refused("invalid_request"));
  await received(2);
  browser.pass({ seconds: 5 });
  await failed;
});
