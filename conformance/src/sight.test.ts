/**
 * Does the comparison see? The reference is compared with itself behind a proxy that corrupts
 * its answers in one way at a time; each has to be found where it was done.
 */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { differences } from "./compare.ts";
import { type Answer, type Corruption, CorruptingProxy } from "./corrupting-proxy.ts";
import type { Observed } from "./notebook.ts";
import { observe } from "./observe.ts";
import { freePort } from "./processes.ts";
import { scenario } from "./scenario.ts";
import { SECRET, type Server, startReference } from "./servers.ts";
import { PASSWORD, type Side } from "./side.ts";

const SESSION = "GET /api/auth/get-session";
const SIGN_UP = "POST /api/auth/sign-up/email";
const SIGN_IN = "POST /api/auth/sign-in/email";
const SIGN_OUT = "POST /api/auth/sign-out";
const LIST = "GET /api/auth/list-sessions";
const TOKEN = "GET /api/auth/token";
const KEYS = "GET /api/auth/jwks";
const CALLER = "the caller gets";

/** One of everything, without a session and with one. */
async function everything(side: Side): Promise<void> {
  await side.signUp();
  await side.see(side.client.getSession());
  await side.get("/token");
  await side.get("/jwks");
  await side.client.signIn.email({ email: side.email(), password: PASSWORD, rememberMe: false });
  await side.see(side.client.listSessions());
  await side.see(side.client.signIn.email({ email: side.email(), password: "password12345" }));
  await side.post("/sign-out", {});
  await side.get("/nowhere");
}

const { reference } = Object.values(inject("pairs"))[0]!;
let behind: Server;
let proxy: CorruptingProxy;
let genuine: Observed[];
const unique = `${inject("run")}-sight`;

beforeAll(async () => {
  genuine = await observe(reference, scenario("genuine", [], everything), unique);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const server = await startReference(inject("folder"), { origin });
  proxy = new CorruptingProxy(server.url);
  await proxy.listen(port);
  behind = { ...server, url: origin };
});

afterAll(() => proxy.close());

/** Where the two differ: `GET /api/auth/token body`. */
async function found(corruption: Corruption, afterwards: (side: Side) => void = () => {}): Promise<string[]> {
  const corrupted = scenario("corrupted", [], async (side) => {
    side.rows.remove("user");
    proxy.corruption = corruption;
    await everything(side);
    afterwards(side);
  });
  const other = await observe(behind, corrupted, unique);
  return differences(genuine, other).map(({ part }) => {
    const [index, ...rest] = part.split(".");
    return `${genuine[Number(index)]?.request} ${rest.join(".")}`;
  });
}

/** Changes answers of one endpoint only. */
function at(endpoint: string, change: (answer: Answer) => Partial<Answer>): Corruption {
  return (answer, path) => (endpoint.endsWith(path) ? change(answer) : {});
}

type Members = Record<string, Record<string, unknown>>;

function body(change: (body: string) => string) {
  return (answer: Answer) => ({ body: change(answer.body) });
}

function members(change: (members: Members) => unknown) {
  return body((text) => (text.startsWith("{") ? JSON.stringify(change(JSON.parse(text))) : text));
}

function user(change: (user: Record<string, unknown>) => unknown) {
  return members((all) => ({ ...all, user: change(all.user ?? {}) }));
}

function session(change: (session: Record<string, unknown>) => unknown) {
  return members((all) => ({ ...all, session: change(all.session ?? {}) }));
}

function cookies(change: (lines: string[]) => string[]) {
  return ({ setCookie }: Answer) => ({ setCookie: change(setCookie) });
}

function cookie(from: string | RegExp, to: string) {
  return cookies((lines) => lines.map((line) => line.replace(from, to)));
}

function headers(change: (headers: Record<string, string>) => Record<string, string>) {
  return (answer: Answer) => ({ headers: change({ ...answer.headers }) });
}

function without(name: string) {
  return headers((all) => less(all, name));
}

function less<T>(all: Record<string, T>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([other]) => other !== name));
}

/** Changes header and claims of the token; its signature stays. */
function token(change: (part: string) => string, index: 0 | 1) {
  return body((text) =>
    text.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/, (whole) => {
      const parts = whole.split(".");
      parts[index] = Buffer.from(change(Buffer.from(parts[index] ?? "", "base64url").toString())).toString("base64url");
      return parts.join(".");
    }),
  );
}

/** A date member of the session, written another way. */
function expiry(write: (date: Date) => unknown) {
  return session((all) => ({ ...all, expiresAt: write(new Date(String(all.expiresAt))) }));
}

function otherToken(lines: string[]): string[] {
  const value = "x".repeat(32);
  const signature = createHmac("sha256", SECRET).update(value).digest("base64");
  return lines.map((line) => line.replace(/=[^;]+/, `=${value}.${encodeURIComponent(signature)}`));
}

test("nothing is found where nothing was corrupted", async () => {
  expect(await found(() => ({}))).toEqual([]);
});

const corruptions: [string, string, (answer: Answer) => Partial<Answer>, string[]][] = [
  ["another status", SESSION, () => ({ status: 203 }), ["status"]],
  ["a redirect instead", SESSION, () => ({ status: 302, headers: { location: "/" } }), ["status", "headers.location"]],
  ["another status of an error", SIGN_IN, (answer) => (answer.status === 401 ? { status: 403 } : {}), ["status"]],
  ["another reason phrase", SESSION, () => ({ statusText: "Fine" }), ["statusText"]],

  ["another value", SESSION, user((all) => ({ ...all, name: "Bob" })), ["body"]],
  ["members in another order", SESSION, user((all) => Object.fromEntries(Object.entries(all).reverse())), ["body"]],
  ["outer members in another order", SESSION, members(({ user, session }) => ({ user, session })), ["body"]],
  ["a member more", SESSION, user((all) => ({ ...all, role: "admin" })), ["body"]],
  ["a member that is null more", SESSION, user((all) => ({ ...all, role: null })), ["body"]],
  ["a member less", SESSION, user((all) => less(all, "name")), ["body"]],
  ["missing instead of null", SESSION, user((all) => less(all, "image")), ["body"]],
  ["empty instead of null", SESSION, user((all) => ({ ...all, image: "" })), ["body"]],
  ["null instead of empty", SESSION, session((all) => ({ ...all, userAgent: null })), ["body"]],
  ["text instead of a truth value", SESSION, user((all) => ({ ...all, emailVerified: "false" })), ["body"]],
  ["a number instead of a truth value", SESSION, user((all) => ({ ...all, emailVerified: 0 })), ["body"]],
  ["a member twice", SESSION, body((text) => text.replace('"name":"ann"', '"name":"ann","name":"ann"')), ["body"]],
  ["a line end after the body", SIGN_OUT, body((text) => `${text}\n`), ["body"]],
  ["space between members", SIGN_OUT, body((text) => text.replace(":", ": ")), ["body"]],
  ["a letter written as an escape", SESSION, body((text) => text.replace('"ann"', '"\\u0061nn"')), ["body"]],
  ["a byte order mark", SIGN_OUT, body((text) => `\ufeff${text}`), ["body"]],
  ["no body", SIGN_OUT, () => ({ body: "" }), ["body"]],
  ["a body where none is", "GET /api/auth/nowhere", () => ({ body: "Not Found" }), ["body"]],
  ["another error code", SIGN_IN, body((text) => text.replace("INVALID_EMAIL_OR_PASSWORD", "INVALID_PASSWORD")), ["body"]],
  ["another error message", SIGN_IN, body((text) => text.replace("Invalid email", "Wrong email")), ["body"]],
  ["a list in another order", LIST, body((text) => JSON.stringify((JSON.parse(text) as unknown[]).reverse())), ["body"]],
  ["a list without an element", LIST, body((text) => JSON.stringify((JSON.parse(text) as unknown[]).slice(1))), ["body"]],

  ["another id", SESSION, user((all) => ({ ...all, id: "y".repeat(32) })), ["body"]],
  ["ids that changed places", SESSION, session((all) => ({ ...all, id: all.token, token: all.id })), ["body"]],
  ["an id that is too short", SESSION, user((all) => ({ ...all, id: String(all.id).slice(1) })), ["body"]],
  ["a date without milliseconds", SESSION, expiry((date) => date.toISOString().replace(/\.\d+/, "")), ["body"]],
  ["a date with microseconds", SESSION, expiry((date) => date.toISOString().replace("Z", "000Z")), ["body"]],
  ["a date with an offset", SESSION, expiry((date) => date.toISOString().replace("Z", "+00:00")), ["body"]],
  ["a date as a number", SESSION, expiry((date) => date.getTime()), ["body"]],
  ["a date two minutes later", SESSION, expiry((date) => new Date(date.getTime() + 120_000)), ["body"]],
  ["a date that is null", SESSION, expiry(() => null), ["body"]],

  ["a cookie without HttpOnly", SIGN_UP, cookie("; HttpOnly", ""), ["setCookie"]],
  ["a cookie without SameSite", SIGN_UP, cookie(/; SameSite=\w+/i, ""), ["setCookie"]],
  ["a cookie of another SameSite", SIGN_UP, cookie(/SameSite=\w+/i, "SameSite=None"), ["setCookie"]],
  ["a cookie with Secure", SIGN_UP, cookie(/$/, "; Secure"), ["setCookie"]],
  ["a cookie with a Domain", SIGN_UP, cookie(/$/, "; Domain=example.com"), ["setCookie"]],
  ["a cookie of another Path", SIGN_UP, cookie("Path=/", "Path=/api"), ["setCookie"]],
  ["a cookie that lives a second longer", SIGN_UP, cookie("Max-Age=604800", "Max-Age=604801"), ["setCookie"]],
  ["a cookie without Max-Age", SIGN_UP, cookie(/; Max-Age=\d+/, ""), ["setCookie"]],
  ["a cookie with Expires", SIGN_UP, cookie(/$/, "; Expires=Sat, 28 Nov 2026 12:00:00 GMT"), ["setCookie"]],
  ["attributes in another order", SIGN_UP, cookie("; Path=/; HttpOnly", "; HttpOnly; Path=/"), ["setCookie"]],
  ["a cookie of another name", SIGN_UP, cookie("better-auth.", "better_auth."), ["setCookie"]],
  ["a cookie with a wrong signature", SIGN_UP, cookie(/\.(.)([^.]{43,})$/, ".A$2"), ["setCookie"]],
  ["a cookie with another token", SIGN_UP, cookies(otherToken), ["body"]],
  ["a cookie that is not escaped", SIGN_UP, cookie("%3D", "="), ["setCookie"]],
  ["a cookie more", SIGN_UP, cookies((lines) => [...lines, "extra=1; Path=/"]), ["setCookie"]],
  ["a cookie less", SIGN_IN, cookies((lines) => lines.slice(1)), ["setCookie"]],
  ["cookies in another order", SIGN_OUT, cookies((lines) => lines.toReversed()), ["setCookie"]],
  ["cookies that are not taken back", SIGN_OUT, cookies(() => []), ["setCookie"]],

  ["a charset", SESSION, headers((all) => ({ ...all, "content-type": "application/json; charset=utf-8" })), ["headers.content-type"]],
  ["no type", SESSION, without("content-type"), ["headers.content-type"]],
  ["no token in the header", SESSION, without("set-auth-jwt"), ["headers.set-auth-jwt"]],
  ["a header not exposed", SESSION, without("access-control-expose-headers"), ["headers.access-control-expose-headers"]],
  ["a challenge", SIGN_IN, headers((all) => ({ ...all, "www-authenticate": "Bearer" })), ["headers.www-authenticate"]],
  ["methods of a path", "GET /api/auth/nowhere", headers((all) => ({ ...all, allow: "POST" })), ["headers.allow"]],
  ["readers from everywhere", SESSION, headers((all) => ({ ...all, "access-control-allow-origin": "*" })), ["headers.access-control-allow-origin"]],
  ["an answer that may be stored", KEYS, headers((all) => ({ ...all, "cache-control": "public" })), ["headers.cache-control"]],
  ["the name of a program", SESSION, headers((all) => ({ ...all, server: "nginx" })), ["headers.server"]],

  ["a token with a wrong signature", TOKEN, body((text) => text.replace(/\.(.)([\w-]+)"}$/, (_, first, rest) => `.${first === "A" ? "B" : "A"}${rest}"}`)), ["body"]],
  ["a token with a claim more", TOKEN, token((part) => part.replace("{", '{"admin":true,'), 1), ["body"]],
  ["a token that lives longer", TOKEN, token((part) => part.replace(/"exp":\d+/, '"exp":9999999999'), 1), ["body"]],
  ["a token with another algorithm", TOKEN, token((part) => part.replace("EdDSA", "none"), 0), ["body"]],
  ["a key with a member more", KEYS, body((text) => text.replace('"crv"', '"use":"sig","crv"')), ["body"]],
  ["a key of another name", KEYS, body((text) => text.replace(/"kid":"\w+"/, '"kid":"other"')), ["body"]],
  ["a private key", KEYS, body((text) => text.replace('"crv"', '"d":"c2VjcmV0","crv"')), ["body"]],
];

describe("a corruption is found", () => {
  test.each(corruptions)("%s", async (_, endpoint, change, parts) => {
    const where = await found(at(endpoint, change));
    for (const part of parts) expect(where).toContain(`${endpoint} ${part}`);
  });

  test("in what the client's caller gets", async () => {
    const where = await found(at(SESSION, expiry((date) => date.toUTCString())));
    expect(where).toContain(`${CALLER} body`);
  });

  test("in rows", async () => {
    const where = await found(() => ({}), (side) => side.rows.set("session", "userAgent", "another"));
    expect(where).toEqual(["rows of session body"]);
  });

  test("in rows that are gone", async () => {
    const where = await found(() => ({}), (side) => side.rows.remove("account"));
    expect(where).toEqual(["rows of account body"]);
  });
});
