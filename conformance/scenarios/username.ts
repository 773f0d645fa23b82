/** The plugin username: a name to sign in with. */
import { scenario } from "../src/scenario.ts";
import { PASSWORD, type Side } from "../src/side.ts";

const SIGN_IN = "/sign-in/username";
const AVAILABLE = "/is-username-available";
const UPDATE = "/update-user";

/** A name that nobody had before, and the same on both servers. */
function nameOf(side: Side, name = "Ann"): string {
  return `${name}_${side.email("").replace(/[^a-z0-9]/g, "").slice(0, 16)}`;
}

function signUp(side: Side, more: Record<string, unknown>, name = "ann") {
  return side.post("/sign-up/email", { name, email: side.email(name), password: PASSWORD, ...more });
}

export const username = [
  scenario("username: sign-up with a name", ["200", "200"], async (side) => {
    await signUp(side, { username: nameOf(side) });
    await side.get("/get-session");
  }),
  scenario("username: sign-up with a name and one to show", ["200", "200"], async (side) => {
    await signUp(side, { username: nameOf(side), displayUsername: "Ännchen 安" });
    await side.get("/token");
  }),
  scenario("username: sign-up with only one to show, which can be a name", ["200"], async (side) => {
    await signUp(side, { displayUsername: nameOf(side) });
  }),
  scenario("username: sign-up with only one to show, which can be no name", ["200"], async (side) => {
    await signUp(side, { displayUsername: "Ännchen 安" });
  }),
  scenario("username: sign-up without a name, or with none", ["200", "200", "200"], async (side) => {
    await side.signUp();
    await signUp(side, { username: null, displayUsername: null }, "bob");
    await signUp(side, { username: nameOf(side), displayUsername: "" }, "cleo");
  }),
  scenario("username: sign-up with a name that is taken", ["200", "400 USERNAME_IS_ALREADY_TAKEN", "400 USERNAME_IS_ALREADY_TAKEN", "400 USERNAME_IS_ALREADY_TAKEN"], async (side) => {
    await signUp(side, { username: nameOf(side) });
    await signUp(side, { username: nameOf(side) }, "bob");
    await signUp(side, { username: nameOf(side).toUpperCase() }, "bob");
    await signUp(side, { displayUsername: nameOf(side) }, "bob");
  }),
  scenario("username: sign-up with what is no name", ["400 USERNAME_TOO_SHORT", "400 USERNAME_TOO_SHORT", "400 USERNAME_TOO_LONG", "400 INVALID_USERNAME", "400 INVALID_USERNAME"], async (side) => {
    for (const username of ["", "ab", "a".repeat(31), "ann-1", "' OR 1=1--"]) await signUp(side, { username });
  }),
  scenario("username: sign-up with a name that is no text", Array(4).fill("422 FAILED_TO_CREATE_USER"), async (side) => {
    for (const username of [5, true, {}, ["ann"]]) await signUp(side, { username });
  }),
  scenario("username: what is wrong with a name is said before the rest", ["400 USERNAME_TOO_SHORT", "400 VALIDATION_ERROR", "400 USERNAME_TOO_SHORT"], async (side) => {
    await side.post("/sign-up/email", { username: "a" });
    await side.post("/sign-up/email", { username: nameOf(side) });
    await signUp(side, { username: "a", password: "short" });
  }),
  scenario("username: but after a page that is not trusted", ["200", "403 INVALID_ORIGIN"], async (side) => {
    await side.signUp();
    await side.post("/sign-up/email", { username: "a" }, { origin: "https://evil.test" });
  }),
  scenario("username: sign-up with a name and a taken address", ["200", "422 USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL", "200"], async (side) => {
    await side.signUp();
    await signUp(side, { username: nameOf(side) });
    await side.post(AVAILABLE, { username: nameOf(side) });
  }),
  scenario("username: sign-in", ["200", "200", "200", "200"], async (side) => {
    await signUp(side, { username: nameOf(side) });
    for (const spelled of [nameOf(side), nameOf(side).toUpperCase()]) {
      await side.post(SIGN_IN, { username: spelled, password: PASSWORD }, { cookies: false });
    }
    await side.get("/get-session");
  }),
  scenario("username: sign-in that is not to be remembered, and one that leads on", ["200", "200", "200", "200"], async (side) => {
    await signUp(side, { username: nameOf(side) });
    const credentials = { username: nameOf(side), password: PASSWORD };
    await side.post(SIGN_IN, { ...credentials, rememberMe: false }, { cookies: false });
    await side.post(SIGN_IN, { ...credentials, callbackURL: "/dash" }, { cookies: false });
    await side.post(SIGN_IN, { ...credentials, callbackURL: "" }, { cookies: false });
  }),
  scenario("username: a wrong password, a name nobody has, a user without a name", ["200", ...Array<string>(5).fill("401 INVALID_USERNAME_OR_PASSWORD")], async (side) => {
    await signUp(side, { username: nameOf(side) });
    await side.post(SIGN_IN, { username: nameOf(side), password: "password12345" });
    await side.post(SIGN_IN, { username: nameOf(side, "Nobody"), password: PASSWORD });
    await side.post(SIGN_IN, { username: "", password: PASSWORD });
    await side.post(SIGN_IN, { username: nameOf(side), password: "" });
    await side.post(SIGN_IN, { username: nameOf(side), password: "x" });
  }),
  scenario("username: sign-in with what is no name, and with a password that is too long", ["422 USERNAME_TOO_SHORT", "422 USERNAME_TOO_LONG", "422 INVALID_USERNAME", "422 INVALID_USERNAME", "400 PASSWORD_TOO_LONG"], async (side) => {
    for (const username of ["ab", "a".repeat(31), "ann@example.com", "\u{1F98A}\u{1F98A}"]) {
      await side.post(SIGN_IN, { username, password: PASSWORD });
    }
    await side.post(SIGN_IN, { username: "nobody", password: "x".repeat(129) });
  }),
  scenario("username: sign-in with wrong and missing members", Array(4).fill("400 VALIDATION_ERROR"), async (side) => {
    await side.post(SIGN_IN, {});
    await side.post(SIGN_IN, { username: 1, password: {}, rememberMe: "x", callbackURL: "/x" });
    await side.post(SIGN_IN);
    await side.post(SIGN_IN, { username: ["ann"], password: null });
  }),
  scenario("username: sign-in takes no form", ["415 UNSUPPORTED_MEDIA_TYPE"], async (side) => {
    const form = new URLSearchParams({ username: "ann", password: PASSWORD });
    await side.post(SIGN_IN, form.toString(), { type: "application/x-www-form-urlencoded" });
  }),
  scenario("username: sign-in with a callback that leads away", Array(3).fill("403 INVALID_CALLBACK_URL"), async (side) => {
    for (const callbackURL of ["https://evil.test", "//evil.test", "javascript:alert(1)"]) {
      await side.post(SIGN_IN, { username: "ann", password: PASSWORD, callbackURL });
    }
  }),
  scenario("t155 username: sign-in that another site's page sends", ["401 INVALID_USERNAME_OR_PASSWORD", "401 INVALID_USERNAME_OR_PASSWORD"], async (side) => {
    const body = { username: "nobody", password: PASSWORD };
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    await side.post(SIGN_IN, body, { headers });
    await side.post(SIGN_IN, body, { origin: "https://evil.test" });
  }),
  scenario("username: whether a name is free", ["200", "200", "200", "200"], async (side) => {
    await signUp(side, { username: nameOf(side) });
    await side.post(AVAILABLE, { username: nameOf(side) });
    await side.post(AVAILABLE, { username: nameOf(side).toUpperCase() });
    await side.post(AVAILABLE, { username: nameOf(side, "Other") });
  }),
  scenario("username: whether what is no name is free", ["422 INVALID_USERNAME", "422 USERNAME_TOO_SHORT", "422 USERNAME_TOO_LONG", "422 INVALID_USERNAME", "400 VALIDATION_ERROR", "400 VALIDATION_ERROR", "400 VALIDATION_ERROR"], async (side) => {
    for (const username of ["", "ab", "a".repeat(31), "ann-1", 7]) await side.post(AVAILABLE, { username });
    await side.post(AVAILABLE, {});
    await side.post(AVAILABLE);
  }),
  scenario("username: a change to another name", ["200", "200", "200", "200", "401 INVALID_USERNAME_OR_PASSWORD"], async (side) => {
    await signUp(side, { username: nameOf(side) });
    await side.post(UPDATE, { username: nameOf(side, "Anne") });
    await side.get("/get-session");
    await side.another().post(SIGN_IN, { username: nameOf(side, "anne"), password: PASSWORD });
    await side.another().post(SIGN_IN, { username: nameOf(side), password: PASSWORD });
  }),
  scenario("username: a change to a name and one to show, and of all at once", Array(5).fill("200"), async (side) => {
    await side.signUp();
    await side.post(UPDATE, { username: nameOf(side), displayUsername: "\u00c4nnchen \u5b89" });
    await side.get("/get-session");
    await side.post(UPDATE, { name: "Anna", image: "https://example.com/a.png", displayUsername: nameOf(side) });
    await side.get("/get-session");
  }),
  scenario("username: a change of the name to show only", Array(5).fill("200"), async (side) => {
    await signUp(side, { username: nameOf(side) });
    await side.post(UPDATE, { displayUsername: "no name, I show" });
    await side.get("/get-session");
    await side.post(UPDATE, { displayUsername: "" });
    await side.get("/get-session");
  }),
  scenario("username: names that are taken away", Array(5).fill("200"), async (side) => {
    await signUp(side, { username: nameOf(side) });
    await side.post(UPDATE, { username: null });
    await side.get("/get-session");
    await side.post(UPDATE, { displayUsername: null });
    await side.get("/get-session");
  }),
  scenario("username: one's own name in other letters", ["200", "200", "200", "200"], async (side) => {
    await signUp(side, { username: nameOf(side) });
    await side.post(UPDATE, { username: nameOf(side) });
    await side.post(UPDATE, { username: nameOf(side).toUpperCase() });
    await side.get("/get-session");
  }),
  scenario("username: a change to a name that is taken", ["200", "200", "400 USERNAME_IS_ALREADY_TAKEN", "400 USERNAME_IS_ALREADY_TAKEN", "400 USERNAME_IS_ALREADY_TAKEN", "200"], async (side) => {
    await signUp(side, { username: nameOf(side) }, "bob");
    await signUp(side, { username: nameOf(side, "Cleo") });
    await side.post(UPDATE, { username: nameOf(side) });
    await side.post(UPDATE, { username: nameOf(side).toUpperCase() });
    await side.post(UPDATE, { username: nameOf(side) }, { cookies: false });
    await side.get("/get-session");
  }),
  scenario("username: a change to what is no name", ["200", "400 USERNAME_TOO_SHORT", "400 USERNAME_TOO_SHORT", "400 USERNAME_TOO_LONG", "400 INVALID_USERNAME", "400 INVALID_USERNAME"], async (side) => {
    await side.signUp();
    for (const username of ["", "ab", "a".repeat(31), "ann-1", "' OR 1=1--"]) await side.post(UPDATE, { username });
  }),
  scenario("username: what is wrong with a new name is said before the rest", ["400 USERNAME_TOO_SHORT", "401 UNAUTHORIZED", "200", "400 USERNAME_TOO_SHORT", "400 EMAIL_CAN_NOT_BE_UPDATED", "403 INVALID_ORIGIN"], async (side) => {
    await side.post(UPDATE, { username: "a" });
    await side.post(UPDATE, { username: nameOf(side) });
    await side.signUp();
    await side.post(UPDATE, { username: "a", name: 5 });
    await side.post(UPDATE, { username: nameOf(side), email: "x@example.com" });
    await side.post(UPDATE, { username: "a" }, { origin: "https://evil.test" });
  }),
  scenario("username: a change to a name that is no text", ["200", ...Array<string>(3).fill("500"), "200"], async (side) => {
    await signUp(side, { username: nameOf(side) });
    for (const username of [5, true, ["ann"]]) await side.post(UPDATE, { username });
    await side.get("/get-session");
  }),
  scenario("username: changes that change nothing", ["200", "400 No fields to update", "400 No fields to update"], async (side) => {
    await side.signUp();
    await side.post(UPDATE, {});
    await side.post(UPDATE, { userName: "ann" });
  }),
  scenario("client: a name", ["200", "200", "200", "200", "401 INVALID_USERNAME_OR_PASSWORD"], async (side) => {
    const username = nameOf(side);
    await side.see(side.client.signUp.email({ name: "ann", email: side.email(), password: PASSWORD, username }));
    await side.see(side.client.isUsernameAvailable({ username }));
    const browser = side.another();
    await browser.see(browser.client.signIn.username({ username, password: PASSWORD }));
    await browser.see(browser.client.getSession());
    await browser.see(browser.client.signIn.username({ username, password: "password12345" }));
  }),
];
