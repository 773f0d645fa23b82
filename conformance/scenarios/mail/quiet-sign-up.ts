import { scenario } from "../../src/scenario.ts";
import { PASSWORD, type Side } from "../../src/side.ts";

function person(side: Side, more: Record<string, unknown> = {}) {
  return { name: "Ann", email: side.email(), password: PASSWORD, ...more };
}

/** A sign-up begins no session, and mails the link. */
export const quietSignUp = [
  scenario("quiet: sign-up begins no session, sign-in does", ["200", "200", "200"], async (side) => {
    await side.post("/sign-up/email", person(side, { rememberMe: false }));
    await side.get("/get-session");
    await side.post("/sign-in/email", { email: side.email(), password: PASSWORD });
    await side.mails(1);
  }),
  scenario("t177 quiet: a sign-up with an address that is taken", ["200", "200", "401 INVALID_EMAIL_OR_PASSWORD"], async (side) => {
    await side.post("/sign-up/email", person(side));
    await side.post("/sign-up/email", person(side, { name: "Eve", password: "evil-password" }));
    await side.post("/sign-in/email", { email: side.email(), password: "evil-password" });
    await side.mails(1);
  }),
  scenario("quiet: the link proves the address and begins no session", ["200", "302", "200"], async (side) => {
    await side.post("/sign-up/email", person(side, { callbackURL: "/in?a=b&c" }));
    await side.follow(await side.newestMail(1));
    await side.get("/get-session");
  }),
];
