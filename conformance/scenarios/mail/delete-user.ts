import { scenario } from "../../src/scenario.ts";
import { PASSWORD, type Side } from "../../src/side.ts";
import { signed } from "./verify-email.ts";

const DAY_MS = 86_400_000;

function makeOld(side: Side): void {
  side.rows.set("session", "createdAt", new Date(Date.now() - DAY_MS - 1000).toISOString());
}

/** Where no mail is needed. */
export const deleteUser = [
  scenario("delete: with a fresh session", ["200", "200", "200", "200", "401 INVALID_EMAIL_OR_PASSWORD"], async (side) => {
    await side.another().signUp("bob");
    await side.signUp();
    await side.post("/delete-user", {});
    await side.get("/get-session");
    await side.post("/sign-in/email", { email: side.email(), password: PASSWORD });
  }),
  scenario("delete: with the client", ["200", "200", "200"], async (side) => {
    await side.join();
    await side.see(side.client.deleteUser());
    await side.see(side.client.getSession());
  }),
  scenario("t140 delete: with an old session", ["200", "400 SESSION_EXPIRED", "400 INVALID_PASSWORD", "200"], async (side) => {
    await side.signUp();
    makeOld(side);
    await side.post("/delete-user", { password: "" });
    await side.post("/delete-user", { password: "password12345" });
    await side.post("/delete-user", { password: PASSWORD });
  }),
  scenario("delete: passwords that are none", ["200", "400 PASSWORD_TOO_LONG", "400 VALIDATION_ERROR", "400 VALIDATION_ERROR", "400 CREDENTIAL_ACCOUNT_NOT_FOUND", "200"], async (side) => {
    await side.signUp();
    await side.post("/delete-user", { password: "x".repeat(129) });
    await side.post("/delete-user", { password: null });
    await side.post("/delete-user", { password: 5, token: [], callbackURL: "/x" });
    side.rows.remove("account");
    await side.post("/delete-user", { password: PASSWORD });
    await side.get("/get-session");
  }),
  scenario("delete: without a session", ["401 UNAUTHORIZED", "400 VALIDATION_ERROR", "403 INVALID_CALLBACK_URL", "404"], async (side) => {
    await side.post("/delete-user", {});
    await side.post("/delete-user");
    await side.post("/delete-user", { callbackURL: "https://evil.example" });
    await side.get("/delete-user");
  }),
  scenario("delete: with a token that is none", ["200", "404 INVALID_TOKEN", "404 INVALID_TOKEN", "200"], async (side) => {
    await side.signUp();
    await side.post("/delete-user", { token: "x" });
    await side.get("/delete-user/callback?token=x");
    await side.get("/get-session");
  }),
  scenario("t259 delete: and sign up again", ["200", "200", "200", "200"], async (side) => {
    await side.signUp();
    const before = side.cookieHeader();
    await side.post("/delete-user", {});
    await side.signUp();
    await side.get("/get-session", { headers: { cookie: before } });
  }),
];

/** Somebody whose address is proven is signed in. */
async function signedIn(side: Side, name = "ann") {
  const person = { name, email: side.email(name), password: PASSWORD };
  await side.post("/sign-up/email", person);
  await side.get(`/verify-email?token=${await signed({ email: side.email(name) })}`);
}

/** And asks for the mail; so many were sent before. */
async function asked(side: Side, before = 1) {
  await signedIn(side);
  await side.post("/delete-user", { callbackURL: "/bye" });
  return side.newestMail(before + 1);
}

const ASKED = ["200", "200", "200"];

export const deleteUserByMail = [
  scenario("delete by mail: from the request to the end", [...ASKED, "302", "200"], async (side) => {
    await side.follow(await asked(side));
    await side.get("/get-session");
  }),
  scenario("delete by mail: the token without a callback, and in a body", [...ASKED, "200", "200", "200", "200", "200"], async (side) => {
    const { token } = await asked(side);
    await side.get(`/delete-user/callback?token=${token}`);
    const again = side.another();
    await signedIn(again, "bob");
    await again.post("/delete-user", { password: PASSWORD });
    const mail = await side.newestMail(4);
    await again.post("/delete-user", { token: mail.token });
  }),
  scenario("delete by mail: an old session may ask, a wrong password may not", ["200", "200", "200", "400 INVALID_PASSWORD"], async (side) => {
    await signedIn(side);
    makeOld(side);
    await side.post("/delete-user", {});
    await side.post("/delete-user", { password: "password12345" });
    await side.mails(2);
  }),
  scenario("t201 delete by mail: the link without a session", [...ASKED, "404 FAILED_TO_GET_USER_INFO", "200", "404 FAILED_TO_GET_USER_INFO"], async (side) => {
    const mail = await asked(side);
    await side.another().follow(mail);
    await side.post("/sign-out", {});
    await side.follow(mail);
  }),
  scenario("t201 delete by mail: the link of somebody else", [...ASKED, "200", "200", "404 INVALID_TOKEN", "404 INVALID_TOKEN", "200"], async (side) => {
    const mail = await asked(side);
    const bob = side.another();
    await signedIn(bob, "bob");
    await bob.follow(mail);
    await side.follow(mail);
    await bob.get("/get-session");
  }),
  scenario("delete by mail: a link whose time is over", [...ASKED, "404 INVALID_TOKEN", "404 INVALID_TOKEN", "200"], async (side) => {
    const mail = await asked(side);
    side.rows.set("verification", "expiresAt", new Date(Date.now() - 1000).toISOString());
    await side.follow(mail);
    await side.post("/delete-user", { token: mail.token });
    await side.get("/get-session");
  }),
  scenario("delete by mail: links that are none", [...ASKED, "400 VALIDATION_ERROR", "400 VALIDATION_ERROR", "403 INVALID_CALLBACK_URL", "302"], async (side) => {
    const mail = await asked(side);
    await side.get("/delete-user/callback");
    await side.get("/delete-user/callback?token=a&token=b");
    await side.follow(mail, (url) => url.replace("%2Fbye", "https%3A%2F%2Fevil.example"));
    await side.follow(mail);
  }),
];
