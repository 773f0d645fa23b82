import { scenario } from "../src/scenario.ts";
import type { Side } from "../src/side.ts";

const NAME = "better-auth.session_token";

function sessionCookie(side: Side): string {
  return side.cookies.get(NAME) ?? "";
}

/** A cookie with another last character of its signature. */
function tampered(value: string): string {
  return value.replace(/(.)(%3D)$/, (_, last: string, end: string) => (last === "A" ? "E" : "A") + end);
}

export const cookies = [
  scenario("a cookie with another signature is none", ["200", "200", "401 UNAUTHORIZED"], async (side) => {
    await side.signUp();
    const cookie = `${NAME}=${tampered(sessionCookie(side))}`;
    await side.get("/get-session", { headers: { cookie } });
    await side.get("/token", { headers: { cookie } });
  }),
  scenario("a cookie without a signature is none", ["200", "200"], async (side) => {
    const { token } = await side.signUp();
    await side.get("/get-session", { headers: { cookie: `${NAME}=${token}` } });
  }),
  scenario("a cookie for another token with this signature is none", ["200", "200"], async (side) => {
    await side.signUp();
    const signature = sessionCookie(side).split(".")[1];
    await side.get("/get-session", { headers: { cookie: `${NAME}=${"x".repeat(32)}.${signature}` } });
  }),
  scenario("cookies that are nonsense", ["200", "200", "200", "200", "200"], async (side) => {
    for (const value of ["", ".", "%", "a.b", "%00.%ff="]) {
      await side.get("/get-session", { headers: { cookie: `${NAME}=${value}` } });
    }
  }),
  scenario("a cookie that is not escaped", ["200", "200"], async (side) => {
    await side.signUp();
    const cookie = `${NAME}=${decodeURIComponent(sessionCookie(side))}`;
    await side.get("/get-session", { headers: { cookie } });
  }),
  scenario("a cookie in quotes", ["200", "200"], async (side) => {
    await side.signUp();
    await side.get("/get-session", { headers: { cookie: `${NAME}="${sessionCookie(side)}"` } });
  }),
  scenario("of two cookies with one name the first counts", ["200", "200", "200"], async (side) => {
    await side.signUp();
    const good = `${NAME}=${sessionCookie(side)}`;
    await side.get("/get-session", { headers: { cookie: `${good}; ${NAME}=x` } });
    await side.get("/get-session", { headers: { cookie: `${NAME}=x; ${good}` } });
  }),
  scenario("other cookies do not matter", ["200", "200"], async (side) => {
    await side.signUp();
    const cookie = `theme=dark; ${NAME}=${sessionCookie(side)}; empty=; odd`;
    await side.get("/get-session", { headers: { cookie } });
  }),
  scenario("a cookie of a secure server is not read here", ["200", "200"], async (side) => {
    await side.signUp();
    await side.get("/get-session", { headers: { cookie: `__Secure-${NAME}=${sessionCookie(side)}` } });
  }),
  scenario("a cached session from another server is taken back", ["200", "200"], async (side) => {
    await side.signUp();
    const cookie = `${NAME}=${sessionCookie(side)}; better-auth.session_data=stale`;
    await side.get("/get-session", { headers: { cookie } });
  }),
  scenario("a cached session without a session is taken back", ["200"], async (side) => {
    await side.get("/get-session", { headers: { cookie: "better-auth.session_data=stale" } });
  }),
  scenario("a session token is no bearer token", ["200", "200"], async (side) => {
    const { token } = await side.signUp();
    await side.get("/get-session", { cookies: false, headers: { authorization: `Bearer ${token}` } });
  }),
];
