import { scenario } from "../../src/scenario.ts";
import { PASSWORD, type Side } from "../../src/side.ts";

function signIn(side: Side, more: Record<string, unknown>, query = "") {
  return side.post(`/sign-in/email${query}`, { email: side.email("nobody"), password: PASSWORD, ...more });
}

const AWAY = [
  "\\/evil.test",
  "/\t/evil.test",
  " https://evil.test",
  "https:evil.test",
  "https:/\\evil.test",
  "/%5cevil.test",
  "/%2F%2Fevil.test",
  "data:text/html,x",
  "/\u0000",
  "///evil.test",
  "?x=1",
  "#x",
];

/** Group G of the threats: forged requests, origins, redirects. */
export const threatsOfOrigins = [
  scenario("t152 the origin's letters, port and scheme count", ["200", ...Array(4).fill("403 INVALID_ORIGIN")], async (side) => {
    await side.signUp();
    const { port } = new URL(side.base);
    for (const origin of [`https://127.0.0.1:${port}`, "http://127.0.0.1", `${side.base}0`, `http://x@127.0.0.1.evil.test:${port}`]) {
      await side.post("/sign-out", {}, { origin });
    }
  }),
  scenario("t152 another spelling of the same origin", Array(5).fill("200"), async (side) => {
    await side.signUp();
    const { port } = new URL(side.base);
    for (const host of ["127.0.0.1.", "127.1", "2130706433", "x@127.0.0.1"]) {
      await side.post("/revoke-other-sessions", {}, { origin: `http://${host}:${port}` });
    }
  }),
  scenario("t155 a navigation from another site does not sign up", ["403 CROSS_SITE_NAVIGATION_LOGIN_BLOCKED"], async (side) => {
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    await side.post("/sign-up/email", { name: "Ann", email: side.email(), password: PASSWORD }, { headers });
  }),
  scenario("t159 a sign-in is JSON or a form, whatever it holds", ["200", "200", "200", "415 UNSUPPORTED_MEDIA_TYPE", "415 UNSUPPORTED_MEDIA_TYPE", "400 VALIDATION_ERROR", "415 UNSUPPORTED_MEDIA_TYPE", "415 UNSUPPORTED_MEDIA_TYPE"], async (side) => {
    await side.signUp();
    const credentials = { email: side.email(), password: PASSWORD };
    const form = new URLSearchParams(credentials).toString();
    const typed = (path: string, body: unknown, type: string | null) => side.post(path, body, { type, cookies: false });
    await typed("/sign-in/email", credentials, "application/json");
    await typed("/sign-in/email", form, "application/x-www-form-urlencoded");
    await typed("/sign-in/email", JSON.stringify(credentials), "text/plain");
    await typed("/sign-in/email", "--x--", "multipart/form-data; boundary=x");
    await typed("/sign-in/email", JSON.stringify(credentials), null);
    await typed("/change-password", form, "application/x-www-form-urlencoded");
    await typed("/request-password-reset", form, "application/x-www-form-urlencoded");
  }),
  scenario("t162 names like loop-back are not trusted", ["200", ...Array(6).fill("403 INVALID_ORIGIN")], async (side) => {
    await side.signUp();
    const { port } = new URL(side.base);
    for (const host of ["localhost.evil.test", "127.0.0.1.nip.io", "evil-localhost.test", "0.0.0.0", "[::ffff:127.0.0.1]", "[::1]"]) {
      await side.post("/sign-out", {}, { origin: `http://${host}:${port}` });
    }
  }),
  scenario("t164 relative redirects that lead away", Array(AWAY.length).fill("403 INVALID_CALLBACK_URL"), async (side) => {
    for (const callbackURL of AWAY) await signIn(side, { callbackURL });
  }),
  scenario("t164 redirects that stay", Array(8).fill("401 INVALID_EMAIL_OR_PASSWORD"), async (side) => {
    for (const callbackURL of ["/", "/dash/a-b.c?x=1&y=%2F", "/a/@b", `${side.base}/x?y#z`, "/x:y", "/a b", "/.//evil.test", "/x/../../y"]) await signIn(side, { callbackURL });
  }),
  scenario("t165 redirects that are no text", Array(4).fill("400 Invalid callbackURL: expected a string"), async (side) => {
    for (const callbackURL of [{}, ["/x"], true, 1]) await signIn(side, { callbackURL });
  }),
  scenario("t165 other redirects that are no text", ["400 Invalid redirectURL: expected a string", "400 Invalid errorCallbackURL: expected a string", "400 Invalid newUserCallbackURL: expected a string"], async (side) => {
    await signIn(side, { redirectTo: {} });
    await signIn(side, { errorCallbackURL: ["/x"] });
    await signIn(side, { newUserCallbackURL: 1 });
  }),
  scenario("t165 a redirect twice in the query", ["400 Invalid callbackURL: expected a string", "400 Invalid callbackURL: expected a string"], async (side) => {
    await signIn(side, {}, "?callbackURL=%2Fx&callbackURL=%2Fy");
    await signIn(side, {}, "?callbackURL=%2Fx&callbackURL=https%3A%2F%2Fevil.test");
  }),
  scenario("t169 a forwarded host is not believed", ["200", "200", "403 INVALID_ORIGIN"], async (side) => {
    const headers = { host: "evil.test", "x-forwarded-host": "evil.test", "x-forwarded-proto": "https", forwarded: "host=evil.test" };
    await side.signUp();
    await side.get("/token", { headers });
    await side.post("/sign-out", {}, { headers, origin: "https://evil.test" });
  }),
  scenario("t170 nothing is changed by GET or HEAD", ["200", ...Array(8).fill("404"), "200"], async (side) => {
    await side.signUp();
    for (const path of ["/sign-out", "/revoke-session", "/revoke-sessions", "/revoke-other-sessions"]) {
      await side.get(path);
      await side.send("HEAD", path);
    }
    await side.get("/get-session");
  }),
  scenario("t170 a header does not change the method", ["200", "404", "200"], async (side) => {
    await side.signUp();
    await side.get("/sign-out?_method=POST", { headers: { "x-http-method-override": "POST" } });
    await side.get("/get-session");
  }),
];
