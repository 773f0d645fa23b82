import { scenario } from "../../src/scenario.ts";
import { PASSWORD, type Side } from "../../src/side.ts";

function person(side: Side, more: Record<string, unknown> = {}) {
  return { name: "Ann", email: side.email(), password: PASSWORD, ...more };
}

function signIn(side: Side, more: Record<string, unknown> = {}) {
  return side.post("/sign-in/email", { email: side.email(), password: PASSWORD, ...more });
}

/** Only proven addresses sign in; the link signs in, too. */
export const provenOnly = [
  scenario("proven only: from sign-up to the session", ["200", "200", "302", "200", "200"], async (side) => {
    await side.post("/sign-up/email", person(side, { callbackURL: "/welcome" }));
    await side.get("/get-session");
    await side.follow(await side.newestMail(1));
    await side.get("/get-session");
    await side.another().post("/sign-in/email", { email: side.email(), password: PASSWORD });
  }),
  scenario("proven only: with the client", ["200", "403 EMAIL_NOT_VERIFIED", "200", "200"], async (side) => {
    await side.see(side.client.signUp.email(person(side)));
    await side.see(side.client.signIn.email({ email: side.email(), password: PASSWORD }));
    const { token } = await side.newestMail(2);
    await side.see(side.client.verifyEmail({ query: { token: token ?? "" } }));
    await side.see(side.client.getSession());
  }),
  scenario("t144 proven only: a sign-in before mails the link again and sets no cookie", ["200", "403 EMAIL_NOT_VERIFIED", "401 INVALID_EMAIL_OR_PASSWORD", "403 EMAIL_NOT_VERIFIED"], async (side) => {
    await side.post("/sign-up/email", person(side));
    await signIn(side, { callbackURL: "/in" });
    await signIn(side, { password: "password12345" });
    await signIn(side, { rememberMe: false });
    await side.mails(3);
  }),
  scenario("t177 proven only: a sign-up with an address that is taken", ["200", "200", "200", "403 EMAIL_NOT_VERIFIED"], async (side) => {
    await side.post("/sign-up/email", person(side, { image: "https://example.com/a.png" }));
    await side.post("/sign-up/email", person(side, { name: "Eve", password: "evil-password" }));
    await side.post("/sign-up/email", person(side, { email: side.email().toUpperCase(), image: "x", callbackURL: "/x" }));
    await signIn(side);
    await side.mails(2);
  }),
  scenario("proven only: a taken address is no way around the rules", ["200", "400 PASSWORD_TOO_SHORT", "400 VALIDATION_ERROR"], async (side) => {
    await side.post("/sign-up/email", person(side));
    await side.post("/sign-up/email", person(side, { password: "short" }));
    await side.post("/sign-up/email", person(side, { name: 5 }));
  }),
  scenario("proven only: the link in a browser with a session of the same user", ["200", "302", "302", "200"], async (side) => {
    await side.post("/sign-up/email", person(side, { callbackURL: "/x" }));
    const mail = await side.newestMail(1);
    await side.follow(mail);
    await side.follow(mail);
    await side.get("/get-session");
  }),
  scenario("proven only: the link in a browser of somebody else signs in", ["200", "302", "200", "302", "200"], async (side) => {
    const bob = side.another();
    await bob.post("/sign-up/email", person(side, { email: side.email("bob"), callbackURL: "/x" }));
    await bob.follow(await side.newestMail(1));
    await side.post("/sign-up/email", person(side, { callbackURL: "/x" }));
    await bob.follow(await side.newestMail(2));
    await bob.get("/get-session");
  }),
  scenario("t197 proven only: a reset ends the sessions", ["200", "302", "200", "200", "200", "200"], async (side) => {
    await side.post("/sign-up/email", person(side, { callbackURL: "/x" }));
    await side.follow(await side.newestMail(1));
    await side.post("/request-password-reset", { email: side.email() });
    const { token } = await side.newestMail(2);
    await side.post("/reset-password", { newPassword: "another-password", token });
    await side.get("/get-session");
    await signIn(side, { password: "another-password" });
  }),
  scenario("change, confirmed by the old address", ["200", "302", "200", "302", "200", "302", "200", "401 INVALID_TOKEN"], async (side) => {
    await side.post("/sign-up/email", person(side, { callbackURL: "/x" }));
    await side.follow(await side.newestMail(1));
    await side.post("/change-email", { newEmail: side.email("new"), callbackURL: "/y?a=1" });
    const confirmation = await side.newestMail(2);
    await side.follow(confirmation);
    await side.get("/get-session");
    await side.follow(await side.newestMail(3));
    await side.get("/get-session");
    await side.get(`/verify-email?token=${confirmation.token}`);
  }),
  scenario("change, confirmed without a callback, in another browser", ["200", "302", "200", "200", "200"], async (side) => {
    await side.post("/sign-up/email", person(side, { callbackURL: "/x" }));
    await side.follow(await side.newestMail(1));
    await side.post("/change-email", { newEmail: side.email("new") });
    const { token } = await side.newestMail(2);
    await side.another().get(`/verify-email?token=${token}`);
    const verification = await side.newestMail(3);
    await side.another().get(`/verify-email?token=${verification.token}`);
  }),
];
