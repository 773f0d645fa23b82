import { createAuthClient } from "better-auth/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countersignClient, type End, SignedOut } from "../src/index.ts";
import { Browser } from "./browser.ts";
import { listen, type Reply } from "./http-server.ts";

// An auth server with refresh tokens, as far as RFC 6749 describes it: the cookie is the browser's matter.

let browser: Browser;
let server: Awaited<ReturnType<typeof listen>>;
let replies: Reply[];
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
