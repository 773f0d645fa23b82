import { scenario } from "../../src/scenario.ts";
import { begin } from "./provider.ts";

const REDIRECTS = ["google", "github", "microsoft", "apple", "discord", "plain", "basic", "oidc"];

export const socialBodies = [
  ...REDIRECTS.map((provider) =>
    scenario(`social: the way to ${provider}`, ["200", "200"], async (side) => {
      await begin(side, provider);
      const wish = { scopes: ["more", "and more"], loginHint: "ann@example.com", additionalParams: { hd: "x y", prompt: "login" } };
      await begin(side, provider, wish);
    }),
  ),
  scenario("social: the way without a redirect", ["200"], async (side) => {
    await begin(side, "plain", { disableRedirect: true });
  }),
  scenario("social: the way without callbacks", ["200"], async (side) => {
    await side.post("/sign-in/social", { provider: "plain" });
  }),
  scenario("social: what is remembered of a flow", ["200", "200"], async (side) => {
    const flow = await begin(side, "oidc", { newUserCallbackURL: "/new", requestSignUp: true, additionalData: { k: "v", link: { userId: "x" }, callbackURL: "/x", errorURL: "/y" } });
    const bare = await begin(side, "plain", { errorCallbackURL: undefined, additionalData: { errorURL: "https://evil.example", newUserURL: 1, serverContext: 7 } });
    for (const { state } of [flow, bare]) {
      const value = JSON.parse(String(side.rows.remembered(`auth-state:${state}`)?.value)) as Record<string, unknown>;
      delete value.serverContext;
      side.note("remembered", { ...value, names: Object.keys(value) });
    }
  }),
  scenario("social: a provider that is not there", Array(3).fill("404 PROVIDER_NOT_FOUND"), async (side) => {
    await side.post("/sign-in/social", { provider: "gitlab" });
    await side.post("/sign-in/social", { provider: "" });
    await side.post("/sign-in/social", { provider: "credential", callbackURL: "/in" });
  }),
  scenario("social: wrong members", Array(12).fill("400 VALIDATION_ERROR"), async (side) => {
    const bodies: unknown[] = [
      undefined,
      [],
      {},
      { provider: 7 },
      { provider: "plain", newUserCallbackURL: null, disableRedirect: "x", scopes: "email", requestSignUp: 1, loginHint: 2 },
      { provider: "plain", scopes: ["email", 7, null] },
      { provider: "plain", additionalParams: { a: "b", c: 7 }, additionalData: [] },
      { provider: "plain", additionalParams: { state: "x" } },
      { provider: "plain", additionalParams: "x" },
      { provider: "google", idToken: {} },
      { provider: "google", idToken: { token: 1, nonce: 2, accessToken: 3, refreshToken: 4, expiresAt: "5", user: { name: { firstName: 6, lastName: 7 }, email: 8 } } },
      { provider: "google", idToken: { token: "x", user: { name: "Ann" } } },
    ];
    for (const body of bodies) await side.post("/sign-in/social", body);
  }),
  scenario("social: callbacks that lead away", ["403 INVALID_CALLBACK_URL", "403 INVALID_ERROR_CALLBACK_URL", "403 INVALID_NEW_USER_CALLBACK_URL"], async (side) => {
    for (const name of ["callbackURL", "errorCallbackURL", "newUserCallbackURL"]) {
      await side.post("/sign-in/social", { provider: "plain", [name]: "https://evil.example" });
    }
  }),
  scenario("social: from another origin, without and with a cookie", ["200", "200", "403 INVALID_ORIGIN"], async (side) => {
    const body = { provider: "plain" };
    await side.post("/sign-in/social", body, { origin: "https://evil.example", cookies: false });
    await side.post("/sign-in/social", body);
    await side.post("/sign-in/social", body, { origin: "https://evil.example" });
  }),
];
