import { scenario } from "../../src/scenario.ts";
import { begin, code, comeBack, person, signIn } from "./provider.ts";

const ALL = ["google", "github", "microsoft", "apple", "discord", "plain", "basic", "oidc"];

export const identities = [
  ...ALL.map((provider) =>
    scenario(`social: somebody new from ${provider}, and again`, ["200", "302", "200", "200", "302", "200"], async (side) => {
      await signIn(side, provider);
      await side.get("/get-session");
      await signIn(side, provider, { name: "Other" }, { token: { scope: "less" }, without: ["refresh_token"] });
      await side.get("/get-session");
    }),
  ),
  ...ALL.map((provider) =>
    scenario(`social: somebody without an address from ${provider}`, ["200", "302"], async (side) => {
      await signIn(side, provider, { email: null }, { emails: undefined });
    }),
  ),
  ...ALL.map((provider) =>
    scenario(`social: somebody without a name from ${provider}`, ["200", "302"], async (side) => {
      await signIn(side, provider, { name: null, global_name: null, picture: null, avatar_url: null });
    }),
  ),
  ...["github", "discord", "plain"].map((provider) =>
    scenario(`social: ${provider} does not tell the profile`, ["200", "302"], async (side) => {
      await signIn(side, provider, {}, { profileStatus: 403 });
    }),
  ),
  ...["google", "microsoft", "apple"].map((provider) =>
    scenario(`social: ${provider} gives no id token`, ["200", "302"], async (side) => {
      await signIn(side, provider, {}, { claims: undefined });
    }),
  ),
  scenario("social: nobody in particular", ["200", "302", "200", "302", "200", "302"], async (side) => {
    await signIn(side, "plain", { id: undefined });
    await signIn(side, "plain", { id: "  " });
    await signIn(side, "plain", { id: null });
  }),
  scenario("social: an account by number", ["200", "302"], async (side) => {
    await signIn(side, "plain", { id: Number(side.email().replace(/\D/g, "").slice(0, 9)) });
  }),
  scenario("social: addresses are compared in lower case", ["200", "302", "200"], async (side) => {
    await signIn(side, "plain", { email: side.email().toUpperCase() });
    await side.get("/get-session");
  }),
  scenario("social: github's primary address, else the first", ["200", "302", "200", "302"], async (side) => {
    const [first, second] = [side.email("first"), side.email("second")];
    await signIn(side, "github", { email: null, id: 1 }, { emails: [{ email: first, verified: true }, { email: second, primary: true, verified: false }] });
    await signIn(side, "github", { email: null, id: 2 }, { emails: [{ email: first, verified: true }] });
  }),
  scenario("social: pictures of discord", Array(3).fill(["200", "302"]).flat(), async (side) => {
    const at = (name: string) => ({ email: side.email(name), id: `8${name.length}` });
    await signIn(side, "discord", { ...at("a"), avatar: "a_moving" });
    await signIn(side, "discord", { ...at("bb"), avatar: "still" });
    await signIn(side, "discord", { ...at("ccc"), avatar: null, discriminator: "1234" });
  }),
  scenario("social: what microsoft says of addresses", Array(3).fill(["200", "302"]).flat(), async (side) => {
    const at = (name: string) => ({ email: side.email(name), oid: side.email(name) });
    await signIn(side, "microsoft", { ...at("a"), email_verified: true, verified_primary_email: undefined });
    await signIn(side, "microsoft", { ...at("b"), email_verified: "false" });
    await signIn(side, "microsoft", { ...at("c"), verified_primary_email: [], verified_secondary_email: [side.email("c")] });
  }),
  scenario("social: microsoft without an object id", ["200", "302", "200", "302"], async (side) => {
    await signIn(side, "microsoft", { oid: undefined });
    await signIn(side, "microsoft", { oid: " " });
  }),
  scenario("social: an id token of the wrong flow, issuer, audience or key", Array(6).fill(["200", "302"]).flat(), async (side) => {
    await signIn(side, "oidc", { nonce: "another" });
    await signIn(side, "oidc", { nonce: undefined });
    await signIn(side, "oidc", { iss: "https://evil.example" });
    await signIn(side, "oidc", { aud: "another" });
    await signIn(side, "oidc", { stranger: true });
    await signIn(side, "oidc", { exp: -31 });
  }),
  scenario("social: google's id token for somebody else, straight from google", ["200", "302"], async (side) => {
    await signIn(side, "google", { aud: "another" });
  }),
  scenario("social: an address that is another one in lower case", ["200", "302"], async (side) => {
    await signIn(side, "plain", { email: side.email("mi\u212ae") });
  }),
  scenario("social: an id token for several", ["200", "302"], async (side) => {
    await signIn(side, "oidc", { aud: ["another", "cid"] });
  }),
  scenario("social: the profile where the id token has no address", ["200", "302", "200", "302"], async (side) => {
    const sub = `sub ${side.email()}`;
    const profile = { sub, email: side.email(), email_verified: "true", name: "Ann" };
    await signIn(side, "oidc", { email: undefined }, { profile });
    await signIn(side, "oidc", { email: undefined }, { profile: { ...profile, sub: "somebody else" } });
  }),
  scenario("social: apple tells the name once", ["200", "302", "200", "200", "302"], async (side) => {
    const flow = await begin(side, "apple");
    const said = { code: code(flow, person(side, flow, "apple")) };
    await comeBack(side, flow, { ...said, user: JSON.stringify({ name: { firstName: " Ann ", lastName: "Ä" } }) });
    await side.get("/get-session");
    const other = await begin(side, "apple");
    const bob = { code: code(other, person(side, other, "apple", {}, "bob")) };
    await comeBack(side, other, { ...bob, user: "{no json" });
  }),
  scenario("social: tokens that do not say how long", ["200", "302", "200", "302"], async (side) => {
    await signIn(side, "plain", {}, { without: ["expires_in", "scope", "refresh_token"] });
    await signIn(side, "plain", {}, { token: { expires_in: "600", refresh_token_expires_in: 1200, scope: ["a", " b "] } });
  }),
];
