import { scenario } from "../src/scenario.ts";

export const signOut = [
  scenario("sign-out ends the session", ["200", "200", "200", "401 UNAUTHORIZED"], async (side) => {
    await side.signUp();
    const cookie = side.cookieHeader();
    await side.post("/sign-out", {});
    await side.get("/get-session", { headers: { cookie } });
    await side.get("/token", { headers: { cookie } });
  }),
  scenario("sign-out without a session", ["200"], async (side) => {
    await side.post("/sign-out", {});
  }),
  scenario("sign-out without a body", ["200"], async (side) => {
    await side.post("/sign-out");
  }),
  scenario("sign-out with a body of another type", ["415 UNSUPPORTED_MEDIA_TYPE"], async (side) => {
    await side.post("/sign-out", "bye", { type: "text/plain" });
  }),
  scenario("sign-out with bodies that are no object", ["400 VALIDATION_ERROR", "400 VALIDATION_ERROR"], async (side) => {
    await side.post("/sign-out", "null");
    await side.post("/sign-out", "[]");
  }),
  scenario("sign-out with wrong members", ["400 VALIDATION_ERROR"], async (side) => {
    await side.post("/sign-out", { callbackURL: 0, disableRedirect: "x", state: 1 });
  }),
  scenario("sign-out of one device leaves the other", ["200", "200", "200", "200"], async (side) => {
    await side.signUp();
    const first = side.cookieHeader();
    await side.post("/sign-in/email", { email: side.email(), password: "password1234" }, { cookies: false });
    await side.post("/sign-out", {});
    await side.get("/get-session", { headers: { cookie: first } });
  }),
];
