import { scenario } from "../src/scenario.ts";
import type { Side } from "../src/side.ts";

const PLAIN = "better-auth.session_token";
const SECURE = `__Secure-${PLAIN}`;

/** Somebody who is signed in says these origins with their cookie. */
async function from(side: Side, origins: string[]) {
  await side.signUp();
  for (const origin of origins) await side.post("/revoke-other-sessions", {}, { origin });
}

function refused(times: number): string[] {
  return ["200", ...Array(times).fill("403 INVALID_ORIGIN")];
}

/** Servers whose address begins with https, and that trust further origins. */
export const https = [
  scenario("t125 behind https the cookie of a sign-in is prefixed and secure", ["200", "200", "200"], async (side) => {
    await side.signUp();
    await side.get("/get-session");
    await side.post("/sign-out", {});
  }),
  scenario("t126 behind https, a session that is not to be remembered", ["200", "200", "200"], async (side) => {
    await side.signUp("ann", { rememberMe: false });
    await side.get("/get-session");
    await side.post("/sign-out", {});
  }),
  scenario("t131 a name behind strange white space is another name", Array(5).fill("200"), async (side) => {
    await side.signUp();
    const good = side.cookies.get(SECURE);
    for (const space of ["\xe2\x80\x80", "\xc2\xa0", "\xe3\x80\x80", "\x85"]) {
      await side.get("/get-session", { headers: { cookie: `${space}${SECURE}=${good}` } });
    }
  }),
  scenario("t132 of both names the secure one counts", Array(5).fill("200"), async (side) => {
    await side.signUp();
    const good = side.cookies.get(SECURE);
    for (const cookie of [`${PLAIN}=${good}`, `${PLAIN}=x; ${SECURE}=${good}`, `${PLAIN}=${good}; ${SECURE}=`, `${SECURE}=x; ${PLAIN}=${good}`]) {
      await side.get("/get-session", { headers: { cookie } });
    }
  }),
  scenario("t160 origins that look like a trusted one", refused(8), async (side) => {
    await from(side, ["https://app.test.evil.com", "https://evil-app.test", "https://app.test@evil.com", "http://app.test", "https://app.test:444", "https://app.testx", "https://app.test.", "https://xn--app-.test"]);
  }),
  scenario("t160 origins that are trusted", ["200", "200", "200", "200"], async (side) => {
    await from(side, ["https://auth.test", "https://app.test", "https://a.wild.test"]);
  }),
  scenario("t161 origins that look like one below a wildcard", refused(6), async (side) => {
    await from(side, ["https://wild.test", "http://a.wild.test", "https://wild.test.evil.com", "https://evil.com#.wild.test", "https://evil.com/.wild.test", "a.wild.test"]);
  }),
  scenario("t161 origins below a wildcard, deep, with a port, with a query", ["200", "200", "403 INVALID_ORIGIN", "403 INVALID_ORIGIN"], async (side) => {
    await from(side, ["https://a.b.wild.test", "https://a.wild.test:8443", "https://evil.com?.wild.test"]);
  }),
  scenario("t166 origins of an app of its own", ["200", "403 INVALID_ORIGIN", "403 INVALID_ORIGIN"], async (side) => {
    await from(side, ["myapp://callback.attacker.tld", "myapp://other"]);
  }),
  scenario("t163 t166 callbacks to trusted places, and to others", ["401 INVALID_EMAIL_OR_PASSWORD", "401 INVALID_EMAIL_OR_PASSWORD", "401 INVALID_EMAIL_OR_PASSWORD", "403 INVALID_CALLBACK_URL", "403 INVALID_CALLBACK_URL", "403 INVALID_CALLBACK_URL", "403 INVALID_CALLBACK_URL"], async (side) => {
    for (const callbackURL of ["https://app.test/x", "https://a.wild.test/x", "myapp://callback/x", "https://app.test.evil.com/x", "http://app.test/x", "https://app.test@evil.com/x", "myapp://callback.attacker.tld/x"]) {
      await side.post("/sign-in/email", { email: side.email("nobody"), password: "password1234", callbackURL });
    }
  }),
  scenario("t168 t169 a forwarded host is not in tokens, and http is not in cookies", ["200", "200", "200"], async (side) => {
    const headers = { "x-forwarded-host": "evil.test", "x-forwarded-proto": "http", forwarded: "host=evil.test;proto=http" };
    await side.post("/sign-up/email", { name: "Ann", email: side.email(), password: "password1234" }, { headers });
    await side.get("/token", { headers });
    await side.get("/get-session", { headers });
  }),
];
