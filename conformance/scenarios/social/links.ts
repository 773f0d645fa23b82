import { scenario } from "../../src/scenario.ts";
import type { Side } from "../../src/side.ts";
import { begin, code, comeBack, idToken, type Members, person, signIn } from "./provider.ts";

/** The whole way to a further account. */
async function link(side: Side, provider: string, change: Members = {}, more: Members = {}) {
  const flow = await begin(side, provider, {}, "/link-social");
  await comeBack(side, flow, { code: code(flow, { ...person(side, flow, provider, change), ...more }) });
}

const withToken = async (side: Side, provider: string, change: Members = {}) => ({
  provider,
  idToken: { token: await idToken(side, provider, change), accessToken: "at", refreshToken: "rt" },
});

export const links = [
  scenario("social: a further account, and again", ["200", "200", "302", "200", "302"], async (side) => {
    await side.signUp();
    await link(side, "plain");
    await link(side, "plain", {}, { token: { scope: "profile more" }, without: ["refresh_token"] });
  }),
  scenario("social: the way to a further account without a session", ["401 UNAUTHORIZED", "400 VALIDATION_ERROR"], async (side) => {
    await side.post("/link-social", { provider: "plain" });
    await side.post("/link-social", { provider: 7, scopes: "x", idToken: { nonce: 7 }, requestSignUp: 7 });
  }),
  scenario("social: a further account at a provider that is not there", ["200", "404 PROVIDER_NOT_FOUND", "404 ID_TOKEN_NOT_SUPPORTED", "401 INVALID_TOKEN"], async (side) => {
    await side.signUp();
    await side.post("/link-social", { provider: "gitlab" });
    await side.post("/link-social", { provider: "plain", idToken: { token: "x" } });
    await side.post("/link-social", { provider: "google", idToken: { token: "x" } });
  }),
  scenario("social: a further account whose address nobody verified", ["200", "200", "302", "200", "302"], async (side) => {
    await side.signUp();
    await link(side, "plain", { email_verified: false });
    await link(side, "trusted", { email_verified: false });
  }),
  scenario("social: a further account with another address", ["200", "200", "302", "200", "302"], async (side) => {
    await side.signUp();
    await link(side, "plain", { email: side.email("other") });
    await link(side, "plain", { email: null });
  }),
  scenario("social: an account that is somebody else's", ["200", "302", "200", "200", "302"], async (side) => {
    await signIn(side, "plain", { email: side.email("bob") });
    const other = side.another();
    await other.signUp();
    await link(other, "plain");
  }),
  scenario("social: a further account after signing out", ["200", "200", "200", "302"], async (side) => {
    await side.signUp();
    const flow = await begin(side, "plain", {}, "/link-social");
    await side.post("/sign-out", {});
    await comeBack(side, flow, { code: code(flow, person(side, flow, "plain")) });
  }),
  scenario("social: what is remembered of a further account", ["200", "200"], async (side) => {
    await side.signUp();
    const { state } = await begin(side, "plain", { requestSignUp: true, scopes: ["a"], additionalData: { k: 1 } }, "/link-social");
    const value = JSON.parse(String(side.rows.remembered(`auth-state:${state}`)?.value)) as Record<string, unknown>;
    delete value.serverContext;
    side.note("remembered", { ...value, names: Object.keys(value) });
  }),
  scenario("social: a further account by id token, and again", ["200", "200", "200"], async (side) => {
    await side.signUp();
    await side.post("/link-social", await withToken(side, "google"));
    await side.post("/link-social", await withToken(side, "google", { name: "Other" }));
  }),
  scenario("social: a further account by id token that is not linked", ["200", "401 LINKING_NOT_ALLOWED", "401 LINKING_DIFFERENT_EMAILS_NOT_ALLOWED", "401 USER_EMAIL_NOT_FOUND"], async (side) => {
    await side.signUp();
    await side.post("/link-social", await withToken(side, "google", { email_verified: false }));
    await side.post("/link-social", await withToken(side, "google", { email: side.email("other") }));
    await side.post("/link-social", await withToken(side, "google", { email: undefined }));
  }),
  scenario("social: an account by id token that is somebody else's", ["200", "302", "200", "409 SOCIAL_ACCOUNT_ALREADY_LINKED"], async (side) => {
    await signIn(side, "google", { email: side.email("bob") });
    const other = side.another();
    await other.signUp();
    await other.post("/link-social", await withToken(other, "google"));
  }),
];

export const lenientLinks = [
  scenario("social, lenient: a further account with another address", ["200", "200", "302", "200"], async (side) => {
    await side.signUp();
    await link(side, "plain", { email: side.email("other") });
    await side.post("/link-social", await withToken(side, "google", { email: side.email("third") }));
  }),
];

export const linksApart = [
  scenario("social, apart: no further account", ["200", "302", "200", "302", "401 LINKING_NOT_ALLOWED", "200", "302"], async (side) => {
    await signIn(side, "google");
    await link(side, "plain");
    await side.post("/link-social", await withToken(side, "microsoft"));
    await signIn(side.another(), "oidc");
  }),
];
