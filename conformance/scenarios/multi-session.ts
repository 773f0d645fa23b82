/** The plugin multi-session, beside bearer: several people in one browser. */
import { scenario } from "../src/scenario.ts";
import { PASSWORD, type Side } from "../src/side.ts";

const LIST = "/multi-session/list-device-sessions";
const SET_ACTIVE = "/multi-session/set-active";
const REVOKE = "/multi-session/revoke";
const DAY_MS = 86_400_000;

function signIn(side: Side, name: string, more: Record<string, unknown> = {}) {
  return side.post("/sign-in/email", { email: side.email(name), password: PASSWORD, ...more });
}

export const multiSession = [
  scenario("multi-session: nobody", ["200", "200"], async (side) => {
    await side.get(LIST);
    await side.get(LIST, { headers: { cookie: "x=y; better-auth.session_token_multi-abc=def" } });
  }),
  scenario("multi-session: two people", ["200", "200", "200", "200"], async (side) => {
    await side.signUp("ann");
    await side.signUp("bob");
    await side.get(LIST);
    await side.get("/get-session");
  }),
  scenario("multi-session: one that is not to be remembered", ["200", "200"], async (side) => {
    await side.signUp("ann", { rememberMe: false });
    await side.get(LIST);
  }),
  scenario("multi-session: the same person twice is one, and the older session ends", ["200", "200", "200", "200"], async (side) => {
    await side.signUp("ann");
    await signIn(side, "ann");
    await side.get(LIST);
    side.note("sessions", side.rows.of("session").length);
    await side.get("/list-sessions");
  }),
  scenario("multi-session: another is chosen", ["200", "200", "200", "200", "200"], async (side) => {
    const ann = await side.signUp("ann");
    const bob = await side.signUp("bob");
    await side.post(SET_ACTIVE, { sessionToken: ann.token });
    await side.get("/get-session");
    await side.post(SET_ACTIVE, { sessionToken: bob.token.toUpperCase() });
  }),
  scenario("multi-session: another is chosen where sessions are not to be remembered", ["200", "200", "200"], async (side) => {
    const ann = await side.signUp("ann", { rememberMe: false });
    await side.signUp("bob", { rememberMe: false });
    await side.post(SET_ACTIVE, { sessionToken: ann.token });
  }),
  scenario("multi-session: one that is not of this browser cannot be chosen or ended", ["200", "200", "401 INVALID_SESSION_TOKEN", "401 INVALID_SESSION_TOKEN", "401 INVALID_SESSION_TOKEN", "401 UNAUTHORIZED", "200"], async (side) => {
    const ann = await side.signUp("ann");
    const other = side.another();
    await other.signUp("bob");
    await other.post(SET_ACTIVE, { sessionToken: ann.token });
    await other.post(REVOKE, { sessionToken: ann.token });
    await other.post(SET_ACTIVE, { sessionToken: "" });
    await other.post(REVOKE, { sessionToken: ann.token }, { cookies: false });
    await side.get("/get-session");
  }),
  scenario("multi-session: one that is over cannot be chosen", ["200", "401 INVALID_SESSION_TOKEN", "200"], async (side) => {
    const { token } = await side.signUp();
    side.rows.set("session", "expiresAt", new Date(Date.now() - 1000).toISOString());
    await side.post(SET_ACTIVE, { sessionToken: token });
    await side.get(LIST);
  }),
  scenario("multi-session: the active one ends, and another takes over", ["200", "200", "200", "200", "200"], async (side) => {
    await side.signUp("ann");
    const bob = await side.signUp("bob");
    await side.post(REVOKE, { sessionToken: bob.token });
    await side.get("/get-session");
    await side.get(LIST);
  }),
  scenario("multi-session: the last one ends", ["200", "200", "200"], async (side) => {
    const { token } = await side.signUp("ann");
    await side.post(REVOKE, { sessionToken: token });
    await side.get("/get-session");
  }),
  scenario("multi-session: one that is not active ends", ["200", "200", "200", "200"], async (side) => {
    const ann = await side.signUp("ann");
    await side.signUp("bob");
    await side.post(REVOKE, { sessionToken: ann.token });
    await side.get(LIST);
  }),
  scenario("multi-session: wrong and missing members", Array(7).fill("400 VALIDATION_ERROR"), async (side) => {
    for (const path of [SET_ACTIVE, REVOKE]) {
      await side.post(path, {});
      await side.post(path, { sessionToken: 7 });
      await side.post(path);
    }
    await side.post(SET_ACTIVE, { sessionToken: null });
  }),
  scenario("multi-session: from a page that is not trusted", ["200", "403 INVALID_ORIGIN", "403 MISSING_OR_NULL_ORIGIN"], async (side) => {
    const { token } = await side.signUp();
    await side.post(SET_ACTIVE, { sessionToken: token }, { origin: "https://evil.test" });
    await side.post(REVOKE, { sessionToken: token }, { origin: null });
  }),
  scenario("multi-session: nothing is changed by GET", ["404", "404", "404"], async (side) => {
    await side.get(SET_ACTIVE);
    await side.get(REVOKE);
    await side.post(LIST, {});
  }),
  scenario("multi-session: no more than the most are kept", Array(6).fill("200"), async (side) => {
    for (const name of ["ann", "bob", "cleo", "dan"]) await side.signUp(name);
    await side.get(LIST);
    await side.get("/get-session");
  }),
  scenario("multi-session: sign-out ends all", ["200", "200", "200", "200", "200"], async (side) => {
    await side.signUp("ann");
    await side.signUp("bob");
    const cookie = side.cookieHeader();
    await side.post("/sign-out", {});
    side.note("sessions", side.rows.of("session").length);
    await side.get(LIST, { headers: { cookie } });
    await side.get("/get-session", { headers: { cookie } });
  }),
  scenario("multi-session: sign-out ends nobody's session by a cookie that was not signed", ["200", "200", "200"], async (side) => {
    const victim = await side.signUp("ann");
    const forged = `better-auth.session_token_multi-${victim.token.toLowerCase()}=${victim.token}`;
    for (const signature of ["", `.${"A".repeat(43)}%3D`]) {
      await side.post("/sign-out", {}, { headers: { cookie: `x=y; ${forged}${signature}` } });
    }
    side.note("sessions", side.rows.of("session").length);
  }),
  scenario("multi-session: an extended session", ["200", "200", "200", "200"], async (side) => {
    await side.signUp("ann");
    const due = () => side.rows.set("session", "expiresAt", new Date(Date.now() + 5 * DAY_MS).toISOString());
    due();
    await side.get("/get-session");
    due();
    const [active = ""] = side.cookieHeader().split("; ");
    await side.get("/get-session", { headers: { cookie: active } });
    await side.get(LIST);
  }),
  scenario("multi-session: a bearer's session is none of this browser's until it is set", ["200", "200", "200"], async (side) => {
    await side.signUp("ann");
    const answer = await signIn(side.another(), "ann");
    const headers = { authorization: `Bearer ${answer.headers["set-auth-token"]}` };
    await side.get(LIST, { headers });
  }),
  scenario("client: device sessions", Array(6).fill("200"), async (side) => {
    await side.join("ann");
    const bob = await side.join("bob");
    await side.see(side.client.multiSession.listDeviceSessions());
    const sessionToken = bob.data?.token ?? "";
    await side.see(side.client.multiSession.setActive({ sessionToken }));
    await side.see(side.client.multiSession.revoke({ sessionToken }));
    await side.see(side.client.getSession());
  }),
];
