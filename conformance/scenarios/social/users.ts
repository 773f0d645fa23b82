import { scenario } from "../../src/scenario.ts";
import { begin, code, comeBack, person, signIn } from "./provider.ts";

export const users = [
  scenario("social: where somebody new goes, and somebody known", ["200", "302", "200", "302"], async (side) => {
    const body = { newUserCallbackURL: "/new?x=y#z" };
    await signIn(side, "plain", {}, {}, body);
    await signIn(side, "plain", {}, {}, body);
  }),
  scenario("social: whole addresses to go to", ["200", "302"], async (side) => {
    await signIn(side, "plain", {}, {}, { callbackURL: `${side.base}/in?x=%2f` });
  }),
  scenario("social: an address that somebody has, whom nobody verified", ["200", "200", "302"], async (side) => {
    await side.signUp();
    await signIn(side.another(), "plain");
  }),
  scenario("social: an address that somebody has, verified here and there", ["200", "302", "200", "302", "200"], async (side) => {
    await signIn(side, "google");
    const other = side.another();
    await signIn(other, "plain");
    await other.get("/get-session");
  }),
  scenario("social: an address that somebody has, not verified there", ["200", "302", "200", "302"], async (side) => {
    await signIn(side, "google");
    await signIn(side.another(), "plain", { email_verified: false });
  }),
  scenario("social: an address that somebody has, not verified there, from a trusted provider", ["200", "302", "200", "302"], async (side) => {
    await signIn(side, "google");
    await signIn(side.another(), "trusted", { email_verified: false });
  }),
  scenario("social: an address that somebody has, not verified here, from a trusted provider", ["200", "200", "302"], async (side) => {
    await side.signUp();
    await signIn(side.another(), "trusted");
  }),
  scenario("social: an address is verified at a later sign-in", ["200", "302", "200", "302", "200"], async (side) => {
    await signIn(side, "plain", { email_verified: false });
    await signIn(side, "plain");
    await side.get("/get-session");
  }),
  scenario("social: another address at a later sign-in changes nothing", ["200", "302", "200", "302", "200"], async (side) => {
    await signIn(side, "plain", { email_verified: false });
    await signIn(side, "plain", { email: side.email("other"), name: "Other" });
    await side.get("/get-session");
  }),
  scenario("social: a provider that overrides", ["200", "302", "200", "302", "200"], async (side) => {
    await signIn(side, "overriding");
    await signIn(side, "overriding", { email: side.email("other"), email_verified: false, name: "Other", picture: null });
    await side.get("/get-session");
  }),
  scenario("social: nobody new", ["200", "302", "200", "302", "200", "302"], async (side) => {
    await signIn(side, "closed");
    await signIn(side, "closed", {}, {}, { requestSignUp: true });
    await signIn(side, "asking");
  }),
  scenario("social: somebody new who asks for it", ["200", "302", "200", "302"], async (side) => {
    await signIn(side, "asking", {}, {}, { requestSignUp: true });
    await signIn(side, "asking");
  }),
  scenario("social: no session before the address is verified", ["200", "302", "200", "302", "200", "302"], async (side) => {
    await signIn(side, "strict", { email_verified: false });
    await signIn(side, "strict", { email_verified: false });
    await signIn(side, "strict");
  }),
  scenario("social: a browser that is to forget", ["200", "200", "302", "200"], async (side) => {
    await side.signUp("bob", { rememberMe: false });
    const flow = await begin(side, "plain");
    await comeBack(side, flow, { code: code(flow, person(side, flow, "plain")) });
    await side.get("/get-session");
  }),
];
