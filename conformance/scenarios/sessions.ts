import { scenario } from "../src/scenario.ts";
import type { Side } from "../src/side.ts";

/** Signs in once more, as another device; the jar holds the new session. */
async function anotherDevice(side: Side, userAgent = "device") {
  const body = { email: side.email(), password: "password1234" };
  const answer = await side.post("/sign-in/email", body, { cookies: false, headers: { "user-agent": userAgent } });
  return (JSON.parse(answer.body) as { token: string }).token;
}

export const sessions = [
  scenario("get-session without a session", ["200"], async (side) => {
    await side.get("/get-session");
  }),
  scenario("get-session with its query", ["200", "200", "200", "200"], async (side) => {
    await side.signUp();
    await side.get("/get-session?disableCookieCache=true");
    await side.get("/get-session?disableRefresh=true");
    await side.get("/get-session?disableRefresh=false&disableRefresh=x");
  }),
  scenario("get-session is not posted", ["405 METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED", "200", "405 METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED"], async (side) => {
    await side.post("/get-session", {});
    await side.signUp();
    await side.post("/get-session", {});
  }),
  scenario("list-sessions", ["200", "200", "200"], async (side) => {
    await side.signUp();
    await anotherDevice(side, "second device");
    await side.get("/list-sessions");
  }),
  scenario("list-sessions without a session", ["401 UNAUTHORIZED"], async (side) => {
    await side.get("/list-sessions");
  }),
  scenario("revoke-session of another device", ["200", "200", "200", "200", "200"], async (side) => {
    const { token } = await side.signUp();
    const first = side.cookieHeader();
    await anotherDevice(side);
    await side.post("/revoke-session", { token });
    await side.get("/get-session", { headers: { cookie: first } });
    await side.get("/list-sessions");
  }),
  scenario("revoke-session of this device", ["200", "200", "200"], async (side) => {
    const { token } = await side.signUp();
    await side.post("/revoke-session", { token });
    await side.get("/get-session");
  }),
  scenario("revoke-session of somebody else ends nothing", ["200", "200", "200", "200"], async (side) => {
    const ann = await side.signUp("ann");
    const cookie = side.cookieHeader();
    side.cookies.clear();
    await side.signUp("bob");
    await side.post("/revoke-session", { token: ann.token });
    await side.get("/get-session", { headers: { cookie } });
  }),
  scenario("revoke-session of a token that is none", ["200", "200"], async (side) => {
    await side.signUp();
    await side.post("/revoke-session", { token: "nothing" });
  }),
  scenario("revoke-session without a session, and without a token", ["401 UNAUTHORIZED", "400 VALIDATION_ERROR", "400 VALIDATION_ERROR"], async (side) => {
    await side.post("/revoke-session", { token: "x" });
    await side.post("/revoke-session", {});
    await side.post("/revoke-session");
  }),
  scenario("revoke-other-sessions", ["200", "200", "200", "200", "200"], async (side) => {
    await side.signUp();
    const first = side.cookieHeader();
    await anotherDevice(side);
    await side.post("/revoke-other-sessions", {});
    await side.get("/get-session", { headers: { cookie: first } });
    await side.get("/list-sessions");
  }),
  scenario("revoke-sessions", ["200", "200", "200", "200"], async (side) => {
    await side.signUp();
    const first = side.cookieHeader();
    await anotherDevice(side);
    await side.post("/revoke-sessions", {});
    await side.get("/get-session", { headers: { cookie: first } });
  }),
  scenario("revoke-sessions and revoke-other-sessions without a session", ["401 UNAUTHORIZED", "401 UNAUTHORIZED"], async (side) => {
    await side.post("/revoke-sessions", {});
    await side.post("/revoke-other-sessions", {});
  }),
  scenario("revoke-sessions without a body", ["200", "200"], async (side) => {
    await side.signUp();
    await side.post("/revoke-sessions");
  }),
];
