import { scenario } from "../../src/scenario.ts";
import { PASSWORD } from "../../src/side.ts";
import { signed } from "./verify-email.ts";

/** As the servers come: nothing that takes a mail can be done. */
export const unasked = [
  scenario("without mail no password is reset", ["400 RESET_PASSWORD_DISABLED", "400 VALIDATION_ERROR", "400 INVALID_TOKEN", "302"], async (side) => {
    await side.post("/request-password-reset", { email: side.email() });
    await side.post("/request-password-reset", {});
    await side.post("/reset-password", { newPassword: "another-password", token: "x" });
    await side.get("/reset-password/x?callbackURL=%2Fx");
  }),
  scenario("without mail no address is asked, but a link of before is good", ["200", "400 VERIFICATION_EMAIL_NOT_ENABLED", "200", "200"], async (side) => {
    await side.signUp();
    await side.post("/send-verification-email", { email: side.email() });
    await side.get(`/verify-email?token=${await signed({ email: side.email() })}`);
    await side.get("/get-session");
  }),
  scenario("nobody changes an address or deletes themselves unless it is said", ["200", "400 CHANGE_EMAIL_DISABLED", "404", "404 NOT_FOUND", "401 UNAUTHORIZED", "404 NOT_FOUND"], async (side) => {
    await side.signUp();
    await side.post("/change-email", { newEmail: side.email("new") });
    await side.post("/delete-user", {});
    await side.get("/delete-user/callback?token=x");
    await side.another().post("/delete-user", {});
    await side.another().get("/delete-user/callback?token=x");
  }),
];

export const noMail = [
  scenario("a change that could not be asked for by mail", ["200", "400 Email is the same", "400 Verification email isn't enabled"], async (side) => {
    await side.signUp();
    await side.post("/change-email", { newEmail: side.email() });
    await side.post("/change-email", { newEmail: side.email("new") });
  }),
  scenario("without mail a fresh session deletes its user", ["200", "200"], async (side) => {
    await side.signUp();
    await side.post("/delete-user", {});
  }),
];

export const noSignUp = [
  scenario("without sign-up", ["400 EMAIL_PASSWORD_SIGN_UP_DISABLED", "400 VALIDATION_ERROR", "401 INVALID_EMAIL_OR_PASSWORD"], async (side) => {
    await side.post("/sign-up/email", { name: "Ann", email: side.email(), password: "short" });
    await side.post("/sign-up/email", {});
    await side.post("/sign-in/email", { email: side.email(), password: PASSWORD });
  }),
];

export const noPasswords = [
  scenario("without passwords", ["400 EMAIL_PASSWORD_SIGN_UP_DISABLED", "400 EMAIL_PASSWORD_DISABLED", "400 EMAIL_PASSWORD_DISABLED", "400 VALIDATION_ERROR"], async (side) => {
    await side.post("/sign-up/email", { name: "Ann", email: side.email(), password: PASSWORD });
    await side.post("/sign-in/email", { email: side.email(), password: PASSWORD });
    await side.post("/sign-in/email", { email: "x", password: PASSWORD });
    await side.post("/sign-in/email", {});
  }),
];
