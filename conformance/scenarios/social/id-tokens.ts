import { scenario } from "../../src/scenario.ts";
import { idToken } from "./provider.ts";

const TAKE = ["google", "apple", "microsoft", "oidc"];

export const idTokens = [
  ...TAKE.map((provider) =>
    scenario(`social: an id token of ${provider}, and again`, ["200", "200", "200"], async (side) => {
      const token = await idToken(side, provider);
      await side.post("/sign-in/social", { provider, idToken: { token } });
      await side.get("/get-session");
      const more = { accessToken: "at", refreshToken: "rt", expiresAt: 7, user: { name: { firstName: "Ann", lastName: "Ä" }, email: "x" } };
      await side.post("/sign-in/social", { provider, idToken: { token, ...more } });
    }),
  ),
  ...["github", "discord", "plain"].map((provider) =>
    scenario(`social: ${provider} takes no id tokens`, ["404 ID_TOKEN_NOT_SUPPORTED"], async (side) => {
      await side.post("/sign-in/social", { provider, idToken: { token: "a.b.c" } });
    }),
  ),
  ...TAKE.map((provider) =>
    scenario(`social: wrong id tokens of ${provider}`, Array(8).fill("401 INVALID_TOKEN"), async (side) => {
      const changes = [{ aud: "another" }, { iss: "https://evil.example" }, { stranger: true }, { exp: -31 }, { sub: undefined }];
      const tokens = await Promise.all(changes.map((change) => idToken(side, provider, change)));
      for (const token of [...tokens, "", "a.b.c", "x"]) await side.post("/sign-in/social", { provider, idToken: { token } });
    }),
  ),
  scenario("social: id tokens with a nonce", ["200", "401 INVALID_TOKEN", "401 INVALID_TOKEN"], async (side) => {
    const token = await idToken(side, "google", { nonce: "n" });
    await side.post("/sign-in/social", { provider: "google", idToken: { token, nonce: "n" } });
    await side.post("/sign-in/social", { provider: "google", idToken: { token, nonce: "m" } });
    const without = await idToken(side, "google");
    await side.post("/sign-in/social", { provider: "google", idToken: { token: without, nonce: "n" } });
  }),
  scenario("social: apple's token holds the nonce or its hash", ["200", "200", "401 INVALID_TOKEN"], async (side) => {
    for (const nonce of ["n", "1b16b1df538ba12dc3f97edbb85caa7050d46c148134290feba80f8236c83db9", "other"]) {
      const token = await idToken(side, "apple", { nonce });
      await side.post("/sign-in/social", { provider: "apple", idToken: { token, nonce: "n" } });
    }
  }),
  scenario("social: id tokens that are more than an hour old", ["401 INVALID_TOKEN", "200"], async (side) => {
    const google = await idToken(side, "google", { iat: -3700 });
    await side.post("/sign-in/social", { provider: "google", idToken: { token: google } });
    const other = await idToken(side, "oidc", { iat: -3700 });
    await side.post("/sign-in/social", { provider: "oidc", idToken: { token: other } });
  }),
  scenario("social: id tokens that say too little", ["401 USER_EMAIL_NOT_FOUND", "401 FAILED_TO_GET_USER_INFO", "401 FAILED_TO_GET_USER_INFO"], async (side) => {
    const without = await idToken(side, "google", { email: undefined });
    await side.post("/sign-in/social", { provider: "google", idToken: { token: without } });
    const nobody = await idToken(side, "microsoft", { oid: undefined });
    await side.post("/sign-in/social", { provider: "microsoft", idToken: { token: nobody } });
    const short = await idToken(side, "oidc", { email: undefined });
    await side.post("/sign-in/social", { provider: "oidc", idToken: { token: short } });
  }),
  scenario("social: an id token for an address that somebody has", ["200", "401 OAUTH_LINK_ERROR"], async (side) => {
    await side.signUp();
    const token = await idToken(side, "google");
    await side.post("/sign-in/social", { provider: "google", idToken: { token } }, { cookies: false });
  }),
];
