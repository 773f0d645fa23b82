import { scenario } from "../src/scenario.ts";
import type { Side } from "../src/side.ts";

const PASSWORD = "password1234";

function credentials(side: Side, change: Record<string, unknown> = {}) {
  return { email: side.email(), password: PASSWORD, ...change };
}

export const signIn = [
  scenario("sign-in", ["200", "200", "200"], async (side) => {
    await side.signUp();
    await side.post("/sign-in/email", credentials(side), { cookies: false });
    await side.get("/get-session");
  }),
  scenario("sign-in with an address in capitals", ["200", "200"], async (side) => {
    await side.signUp();
    await side.post("/sign-in/email", credentials(side, { email: side.email().toUpperCase() }), { cookies: false });
  }),
  scenario("sign-in with a wrong password and with an unknown address", ["200", "401 INVALID_EMAIL_OR_PASSWORD", "401 INVALID_EMAIL_OR_PASSWORD"], async (side) => {
    await side.signUp();
    await side.post("/sign-in/email", credentials(side, { password: "password12345" }), { cookies: false });
    await side.post("/sign-in/email", credentials(side, { email: side.email("nobody") }), { cookies: false });
  }),
  scenario("sign-in that is not to be remembered", ["200", "200", "200"], async (side) => {
    await side.signUp();
    await side.post("/sign-in/email", credentials(side, { rememberMe: false }), { cookies: false });
    await side.get("/get-session");
  }),
  scenario("a remembered sign-in takes back one that was not", ["200", "200"], async (side) => {
    await side.signUp("ann", { rememberMe: false });
    await side.post("/sign-in/email", credentials(side, { rememberMe: true }));
  }),
  scenario("sign-in with a callback on this origin", ["200", "200"], async (side) => {
    await side.signUp();
    await side.post("/sign-in/email", credentials(side, { callbackURL: "/dash?x=%2f#y" }), { cookies: false });
  }),
  scenario("sign-in with an absolute callback on this origin", ["200", "200"], async (side) => {
    await side.signUp();
    await side.post("/sign-in/email", credentials(side, { callbackURL: `${side.base}/dash` }), { cookies: false });
  }),
  scenario("sign-in with an empty callback", ["200", "200"], async (side) => {
    await side.signUp();
    await side.post("/sign-in/email", credentials(side, { callbackURL: "" }), { cookies: false });
  }),
  scenario("sign-in with callbacks that lead away", Array(6).fill("403 INVALID_CALLBACK_URL"), async (side) => {
    for (const callbackURL of ["https://evil.example", "//evil.example", "/\\evil.example", "/%2fevil.example", "javascript:alert(1)", "dash"]) {
      await side.post("/sign-in/email", credentials(side, { callbackURL }));
    }
  }),
  scenario("sign-in with a callback in the query that leads away", ["403 INVALID_CALLBACK_URL"], async (side) => {
    await side.post("/sign-in/email?callbackURL=https%3A%2F%2Fevil.example", credentials(side));
  }),
  scenario("sign-in with a callback that is no text", ["400 Invalid callbackURL: expected a string"], async (side) => {
    await side.post("/sign-in/email", credentials(side, { callbackURL: 7 }));
  }),
  scenario("sign-in with other redirects that lead away", ["403 INVALID_ERROR_CALLBACK_URL", "403 INVALID_NEW_USER_CALLBACK_URL", "403 INVALID_REDIRECT_URL"], async (side) => {
    await side.post("/sign-in/email", credentials(side, { errorCallbackURL: "https://evil.example" }));
    await side.post("/sign-in/email", credentials(side, { newUserCallbackURL: "https://evil.example" }));
    await side.post("/sign-in/email", credentials(side, { redirectTo: "https://evil.example" }));
  }),
  scenario("sign-in with what is no address", ["400 INVALID_EMAIL", "400 INVALID_EMAIL"], async (side) => {
    await side.post("/sign-in/email", credentials(side, { email: "ann" }));
    await side.post("/sign-in/email", credentials(side, { email: "" }));
  }),
  scenario("sign-in with a password that is too long", ["400 PASSWORD_TOO_LONG"], async (side) => {
    await side.post("/sign-in/email", credentials(side, { password: "x".repeat(129) }));
  }),
  scenario("sign-in with a password that is too short is just wrong", ["401 INVALID_EMAIL_OR_PASSWORD", "401 INVALID_EMAIL_OR_PASSWORD"], async (side) => {
    await side.post("/sign-in/email", credentials(side, { password: "x" }));
    await side.post("/sign-in/email", credentials(side, { password: "" }));
  }),
  scenario("sign-in with wrong and missing members", Array(4).fill("400 VALIDATION_ERROR"), async (side) => {
    await side.post("/sign-in/email", {});
    await side.post("/sign-in/email", { email: 1, password: {}, rememberMe: "x", callbackURL: "/x" });
    await side.post("/sign-in/email");
    await side.post("/sign-in/email", { email: side.email(), password: null });
  }),
  scenario("sign-in with a form", ["200", "200"], async (side) => {
    await side.signUp();
    const form = new URLSearchParams({ email: side.email(), password: PASSWORD });
    await side.post("/sign-in/email", form.toString(), { type: "application/x-www-form-urlencoded", cookies: false });
  }),
  scenario("a password is the same in every Unicode spelling", ["200", "200"], async (side) => {
    await side.signUp("ann", { password: "ﬁne passwörd" });
    await side.post("/sign-in/email", credentials(side, { password: "fine passwo\u0308rd" }), { cookies: false });
  }),
];
