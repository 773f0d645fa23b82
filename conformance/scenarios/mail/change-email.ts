import { scenario } from "../../src/scenario.ts";
import type { Side } from "../../src/side.ts";
import { signed } from "./verify-email.ts";

/** Somebody with a proven address asks for another one. */
async function proven(side: Side): Promise<{ id: string }> {
  const { user } = await side.signUp();
  await side.get(`/verify-email?token=${await signed({ email: side.email(), userId: user.id })}`);
  return user;
}

function change(side: Side, more: Record<string, unknown> = {}) {
  return side.post("/change-email", { newEmail: side.email("new"), ...more });
}

export const changeEmail = [
  scenario("change: from the request to the new address", ["200", "200", "200", "302", "200", "302", "200"], async (side) => {
    await proven(side);
    await change(side, { callbackURL: "/settings" });
    const mail = await side.newestMail(1);
    await side.follow(mail);
    await side.get("/get-session");
    await side.follow(mail);
    await side.get("/get-session");
  }),
  scenario("change: with the client", Array(5).fill("200"), async (side) => {
    await proven(side);
    await side.see(side.client.changeEmail({ newEmail: side.email("new") }));
    const { token } = await side.newestMail(1);
    await side.see(side.client.verifyEmail({ query: { token: token ?? "" } }));
    await side.see(side.client.getSession());
  }),
  scenario("change: of an address that was never proven", ["200", "200", "200", "401 INVALID_TOKEN", "200"], async (side) => {
    await side.signUp();
    await change(side);
    const { token } = await side.newestMail(1);
    await side.get(`/verify-email?token=${token}`);
    await side.get(`/verify-email?token=${token}`);
    await side.get("/get-session");
  }),
  scenario("change: the link in a browser that is not signed in, and in somebody else's", ["200", "200", "200", "200", "401 INVALID_USER", "302", "200", "200"], async (side) => {
    await proven(side);
    await change(side);
    const { token } = await side.newestMail(1);
    const bob = side.another();
    await bob.signUp("bob");
    await bob.get(`/verify-email?token=${token}`);
    await bob.get(`/verify-email?token=${token}&callbackURL=%2Fx`);
    await side.another().get(`/verify-email?token=${token}`);
    await side.get("/get-session");
  }),
  scenario("change: for a session that is not to be remembered", ["200", "200", "200"], async (side) => {
    await side.signUp("ann", { rememberMe: false });
    await change(side);
    const { token } = await side.newestMail(1);
    await side.get(`/verify-email?token=${token}`);
  }),
  scenario("t180 change: to an address that is taken", ["200", "200", "200", "200", "200"], async (side) => {
    await side.another().signUp("bob");
    await side.signUp();
    await change(side, { newEmail: side.email("bob") });
    await change(side);
    await side.mails(1);
    await side.get("/get-session");
  }),
  scenario("change: to an address that is taken before the link is followed", ["200", "200", "200", "500", "200"], async (side) => {
    await side.signUp();
    await change(side, { callbackURL: "/x" });
    const mail = await side.newestMail(1);
    await side.another().signUp("new");
    await side.follow(mail);
    await side.get("/get-session");
  }),
  scenario("change: to the same address", ["200", "400 Email is the same", "400 Email is the same"], async (side) => {
    await side.signUp();
    await change(side, { newEmail: side.email() });
    await change(side, { newEmail: side.email().toUpperCase() });
  }),
  scenario("change: without a session, an address or a trusted callback", ["401 UNAUTHORIZED", "400 VALIDATION_ERROR", "400 VALIDATION_ERROR", "400 VALIDATION_ERROR", "403 INVALID_CALLBACK_URL"], async (side) => {
    await change(side);
    await side.post("/change-email", {});
    await change(side, { newEmail: `${side.email()}, ${side.email("bob")}` });
    await change(side, { callbackURL: null });
    await change(side, { callbackURL: "//evil.example" });
  }),
  scenario("change: tokens of old servers that do not say whose address it is", ["200", "401 INVALID_TOKEN", "302"], async (side) => {
    await side.signUp();
    const token = await signed({ email: side.email(), updateTo: side.email("new") });
    await side.get(`/verify-email?token=${token}`);
    await side.get(`/verify-email?token=${token}&callbackURL=%2Fx`);
  }),
  scenario("change: tokens of users who are gone, or have another address by now", ["200", "401 USER_NOT_FOUND", "401 INVALID_TOKEN"], async (side) => {
    const { user } = await side.signUp();
    const updateTo = side.email("new");
    await side.get(`/verify-email?token=${await signed({ email: side.email(), updateTo, userId: "nobody" })}`);
    await side.get(`/verify-email?token=${await signed({ email: side.email("old"), updateTo, userId: user.id })}`);
  }),
  scenario("change: a token that does not say how changes at once and asks the new address", ["200", "200", "200", "302", "200", "200"], async (side) => {
    const user = await proven(side);
    const token = await signed({ email: side.email(), updateTo: side.email("new"), userId: user.id });
    await side.get(`/verify-email?token=${token}`);
    await side.follow(await side.newestMail(1));
    const back = await signed({ email: side.email("new"), updateTo: side.email(), requestType: "x", userId: user.id });
    await side.another().get(`/verify-email?token=${back}`);
    await side.mails(2);
    await side.get("/get-session");
  }),
];

/** Where an address that was never proven is changed at once. */
export const changeUnprovenEmail = [
  scenario("change at once, and prove it afterwards", ["200", "200", "200", "200", "302", "200"], async (side) => {
    await side.signUp();
    await side.post("/sign-in/email", { email: side.email(), password: "password1234" });
    await change(side, { callbackURL: "/x" });
    await side.get("/get-session");
    await side.follow(await side.newestMail(2));
    await side.get("/get-session");
  }),
  scenario("t180 change at once to an address that is taken", ["200", "200", "200", "200", "200"], async (side) => {
    await side.another().signUp("bob");
    await side.signUp();
    await side.post("/sign-in/email", { email: side.email(), password: "password1234", rememberMe: false });
    await change(side, { newEmail: side.email("bob") });
    await side.get("/get-session");
    await side.mails(2);
  }),
];
