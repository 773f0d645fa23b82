import { scenario } from "../src/scenario.ts";
import type { Side } from "../src/side.ts";

const EVIL = "https://evil.example";

function signIn(side: Side, headers: Record<string, string>, origin: string | null = null) {
  const body = { email: side.email(), password: "password1234" };
  return side.post("/sign-in/email", body, { headers, origin, cookies: false });
}

export const origins = [
  scenario("with a cookie, other origins are refused", ["200", ...Array(5).fill("403 INVALID_ORIGIN")], async (side) => {
    await side.signUp();
    for (const origin of [EVIL, "http://localhost:1", side.base.replace("127.0.0.1", "localhost"), `${side.base}.evil.example`, "nonsense"]) {
      await side.post("/sign-out", {}, { origin });
    }
  }),
  scenario("with a cookie, an origin has to be there", ["200", "403 MISSING_OR_NULL_ORIGIN", "403 MISSING_OR_NULL_ORIGIN", "403 MISSING_OR_NULL_ORIGIN"], async (side) => {
    await side.signUp();
    await side.post("/sign-out", {}, { origin: null });
    await side.post("/sign-out", {}, { origin: "null" });
    await side.post("/sign-out", {}, { origin: "null", headers: { "sec-fetch-site": "cross-site" } });
  }),
  scenario("any cookie counts", ["403 MISSING_OR_NULL_ORIGIN", "403 INVALID_ORIGIN"], async (side) => {
    await side.post("/sign-out", {}, { origin: null, headers: { cookie: "theme=dark" } });
    await side.post("/sign-out", {}, { origin: EVIL, headers: { cookie: "theme=dark" } });
  }),
  scenario("null from the same origin passes", ["200", "200"], async (side) => {
    await side.signUp();
    await side.post("/revoke-other-sessions", {}, { origin: "null", headers: { "sec-fetch-site": "same-origin" } });
  }),
  scenario("t154 a referer stands in for an origin", ["200", "200", "403 INVALID_ORIGIN"], async (side) => {
    await side.signUp();
    await side.post("/revoke-other-sessions", {}, { origin: null, headers: { referer: `${side.base}/some/page?x` } });
    await side.post("/revoke-other-sessions", {}, { origin: null, headers: { referer: `${EVIL}/page` } });
  }),
  scenario("reading is not checked", ["200", "200"], async (side) => {
    await side.signUp();
    await side.get("/get-session", { headers: { origin: EVIL } });
  }),
  scenario("without a cookie, sign-out is not checked", ["200"], async (side) => {
    await side.post("/sign-out", {}, { origin: EVIL });
  }),
  scenario("t158 sign-in from a program that is no browser", ["200", "200"], async (side) => {
    await side.signUp();
    await signIn(side, {});
  }),
  scenario("t157 sign-in from another site's page", ["403 INVALID_ORIGIN", "403 INVALID_ORIGIN", "403 MISSING_OR_NULL_ORIGIN"], async (side) => {
    await signIn(side, {}, EVIL);
    await signIn(side, { referer: `${EVIL}/page` });
    await signIn(side, {}, "null");
  }),
  scenario("sign-in by a cross-site navigation", ["403 CROSS_SITE_NAVIGATION_LOGIN_BLOCKED"], async (side) => {
    await signIn(side, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }, side.base);
  }),
  scenario("t156 sign-in by a browser without an origin, and of another one", [...Array<string>(4).fill("403 INVALID_ORIGIN"), "403 MISSING_OR_NULL_ORIGIN", "403 MISSING_OR_NULL_ORIGIN"], async (side) => {
    for (const site of ["same-origin", "same-site", "cross-site", "none"]) await signIn(side, { "sec-fetch-site": site, "sec-fetch-mode": "cors" }, EVIL);
    await signIn(side, { "sec-fetch-mode": "cors" });
    await signIn(side, { "sec-fetch-dest": "empty" });
  }),
  scenario("sign-in by a browser on this origin", ["401 INVALID_EMAIL_OR_PASSWORD"], async (side) => {
    await signIn(side, { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" }, side.base);
  }),
  scenario("sign-up from another site's page", ["403 INVALID_ORIGIN"], async (side) => {
    const body = { name: "Ann", email: side.email(), password: "password1234" };
    await side.post("/sign-up/email", body, { origin: EVIL });
  }),
  scenario("bad members are told before another site's page", ["400 VALIDATION_ERROR"], async (side) => {
    await side.post("/sign-in/email", {}, { origin: EVIL });
  }),
];
