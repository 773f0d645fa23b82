import { scenario } from "../../src/scenario.ts";
import { begin, code, comeBack, person, signIn } from "./provider.ts";

export const states = [
  scenario("social: a callback without a state", Array(4).fill("302"), async (side) => {
    await side.get("/callback/plain");
    await side.get("/callback/plain?state=");
    await side.get("/callback/plain?code=x");
    await side.get("/callback/nobody?error=access_denied");
  }),
  scenario("social: a callback with a state that is not known", ["302", "302"], async (side) => {
    await side.get("/callback/plain?code=x&state=nothing");
    await side.get(`/callback/plain?code=x&state=${"a".repeat(32)}`);
  }),
  scenario("social: a callback in another browser, then in the right one", ["200", "302", "302"], async (side) => {
    const flow = await begin(side, "plain");
    const query = { code: code(flow, person(side, flow, "plain")) };
    await comeBack(side.another(), flow, query);
    await comeBack(side, flow, query);
  }),
  scenario("social: a callback with the cookie of another flow", ["200", "200", "302"], async (side) => {
    const first = await begin(side, "plain");
    await begin(side, "plain");
    await comeBack(side, first, { code: code(first, person(side, first, "plain")) });
  }),
  scenario("social: a callback that comes twice", ["200", "302", "302"], async (side) => {
    const flow = await signIn(side, "plain");
    await comeBack(side, flow, { code: code(flow, person(side, flow, "plain")) });
  }),
  scenario("social: a provider that refuses", ["200", "302", "200", "302", "302"], async (side) => {
    const flow = await begin(side, "plain");
    await comeBack(side, flow, { error: "access_denied", error_description: "no, & <b>never</b>" });
    const other = await begin(side, "plain", { errorCallbackURL: "/err?a=b&c=d#e" });
    await comeBack(side, other, { error: "x y&z" });
    await comeBack(side, other, { code: "x" });
  }),
  scenario("social: errors go to the page of the server without one of the flow", ["200", "302", "200", "302"], async (side) => {
    const flow = await begin(side, "plain", { errorCallbackURL: undefined });
    await comeBack(side, flow, { error: "access_denied" });
    const other = await begin(side, "plain", { errorCallbackURL: `${side.base}/err` });
    await comeBack(side, other, { error: "access_denied" });
  }),
  scenario("social: a callback without a code", ["200", "302", "200", "302"], async (side) => {
    await comeBack(side, await begin(side, "plain"), {});
    await comeBack(side, await begin(side, "plain"), { code: "" });
  }),
  scenario("social: a code that nobody redeems", Array(6).fill(["200", "302"]).flat(), async (side) => {
    for (const provider of ["plain", "google", "github", "microsoft", "apple", "discord"]) {
      const flow = await begin(side, provider);
      await comeBack(side, flow, { code: code(flow, { tokenStatus: 400 }) });
    }
  }),
  scenario("social: a code that is redeemed with an error and status 200", ["200", "302", "200", "302"], async (side) => {
    await signIn(side, "github", {}, { token: { error: "bad_verification_code", access_token: null } });
    await signIn(side, "plain", {}, { token: { error: "bad_verification_code", access_token: null } });
  }),
  scenario("social: a code for another challenge", ["200", "302"], async (side) => {
    await signIn(side, "plain", {}, { challenge: "another" });
  }),
  scenario("social: the issuer of a callback", ["200", "302", "200", "302", "200", "302"], async (side) => {
    const issuers = [`${side.identityProvider}/oidc`, "https://evil.example", ""];
    for (const iss of issuers) {
      const flow = await begin(side, "oidc");
      await comeBack(side, flow, { code: code(flow, person(side, flow, "oidc")), iss });
    }
  }),
  scenario("social: a provider posts a form", ["200", "302", "302", "302", "302"], async (side) => {
    const flow = await begin(side, "apple");
    const form = { state: flow.state, code: code(flow, person(side, flow, "apple")), user: JSON.stringify({ name: { firstName: "Ann", lastName: "Ä" } }), more: "x" };
    const type = "application/x-www-form-urlencoded";
    const posted = await side.post("/callback/apple", new URLSearchParams(form).toString(), { type, cookies: false, origin: "https://appleid.apple.com" });
    const place = new URL(posted.headers.location ?? "");
    await side.get(`!${place.pathname}${place.search}`);
    await side.post("/callback/apple?state=wins", new URLSearchParams({ state: "loses", iss: "i" }).toString(), { type, cookies: false });
    await side.post("/callback/plain", { code: "a b", error: "c" }, { cookies: false });
  }),
  scenario("social: a form with a cookie from another page", ["200", "403 INVALID_ORIGIN"], async (side) => {
    await begin(side, "apple");
    await side.post("/callback/apple", "state=x", { type: "application/x-www-form-urlencoded", origin: "https://appleid.apple.com" });
  }),
  scenario("social: a flow that ends at another provider", ["200", "302"], async (side) => {
    const flow = await begin(side, "plain");
    await comeBack(side, { ...flow, provider: "trusted" }, { code: code(flow, person(side, flow, "trusted")) });
  }),
  scenario("social: callbacks that cannot be read", ["400 VALIDATION_ERROR", "400 VALIDATION_ERROR", "415 UNSUPPORTED_MEDIA_TYPE"], async (side) => {
    await side.get("/callback/plain?state=a&state=b&code=c&code=d");
    await side.post("/callback/plain", { state: 7, code: null }, { cookies: false });
    await side.post("/callback/plain", "state", { type: "text/plain", cookies: false });
  }),
];
