import { scenario } from "../../src/scenario.ts";
import type { Side } from "../../src/side.ts";
import { idToken, signIn } from "./provider.ts";

const PATHS = ["/get-access-token", "/refresh-token"];

function accountOf(side: Side, provider: string): string {
  return String(side.rows.of("account").find(({ providerId }) => providerId === provider)?.id);
}

export const providerTokens = [
  ...["plain", "google", "github", "oidc", "microsoft", "discord", "apple"].map((provider) =>
    scenario(`social: tokens of ${provider}`, ["200", "302", "200", "200", "200", "200"], async (side) => {
      await signIn(side, provider);
      const accountId = accountOf(side, provider);
      await side.post("/get-access-token", { accountId });
      await side.get(`/account-info?accountId=${accountId}`);
      await side.post("/refresh-token", { accountId, userId: "nobody" });
      await side.post("/get-access-token", { accountId });
    }),
  ),
  scenario("social: an access token that is over is refreshed", ["200", "302", "200"], async (side) => {
    await signIn(side, "plain");
    side.rows.set("account", "accessTokenExpiresAt", new Date(Date.now() + 2_000).toISOString());
    await side.post("/get-access-token", { accountId: accountOf(side, "plain") });
  }),
  scenario("social: an access token that is over and cannot be refreshed", ["200", "302", "400 FAILED_TO_GET_ACCESS_TOKEN", "400 FAILED_TO_REFRESH_ACCESS_TOKEN", "400 FAILED_TO_GET_ACCESS_TOKEN"], async (side) => {
    await signIn(side, "plain", {}, { refreshed: false });
    side.rows.set("account", "accessTokenExpiresAt", new Date(Date.now() - 2_000).toISOString());
    const accountId = accountOf(side, "plain");
    for (const path of PATHS) await side.post(path, { accountId });
    await side.get(`/account-info?accountId=${accountId}`);
  }),
  scenario("social: an account without a refresh token", ["200", "302", "400 REFRESH_TOKEN_NOT_FOUND", "200"], async (side) => {
    await signIn(side, "plain", {}, { without: ["refresh_token"] });
    const accountId = accountOf(side, "plain");
    await side.post("/refresh-token", { accountId });
    side.rows.set("account", "accessTokenExpiresAt", new Date(Date.now() - 2_000).toISOString());
    await side.post("/get-access-token", { accountId });
  }),
  scenario("social: an account without tokens", ["200", "200", "400 ACCESS_TOKEN_NOT_FOUND"], async (side) => {
    await side.post("/sign-in/social", { provider: "google", idToken: { token: await idToken(side, "google") } });
    const accountId = accountOf(side, "google");
    await side.post("/get-access-token", { accountId });
    await side.get(`/account-info?accountId=${accountId}`);
  }),
  scenario("social: a provider that does not tell any more", ["200", "302", "401 FAILED_TO_GET_USER_INFO"], async (side) => {
    await signIn(side, "plain");
    side.rows.set("account", "accessToken", `at-${Buffer.from('{"profileStatus":401}').toString("base64url")}`);
    await side.get(`/account-info?accountId=${accountOf(side, "plain")}`);
  }),
  scenario("social: a password is no account at a provider", ["200", "400 PROVIDER_NOT_SUPPORTED", "400 PROVIDER_NOT_SUPPORTED", "400 PROVIDER_NOT_CONFIGURED"], async (side) => {
    await side.signUp();
    const accountId = accountOf(side, "credential");
    for (const path of PATHS) await side.post(path, { accountId });
    await side.get(`/account-info?accountId=${accountId}`);
  }),
  scenario("social: somebody else's account is none", ["200", "302", "200", ...Array(3).fill("400 ACCOUNT_NOT_FOUND")], async (side) => {
    await signIn(side, "plain");
    const accountId = accountOf(side, "plain");
    const other = side.another();
    const { user } = await other.signUp("bob");
    for (const path of PATHS) await other.post(path, { accountId, userId: user.id });
    await other.get(`/account-info?accountId=${accountId}`);
  }),
  scenario("social: the account of a cookie that nobody sets", ["200", "400 ACCOUNT_NOT_FOUND", "400 ACCOUNT_NOT_FOUND", "400 VALIDATION_ERROR"], async (side) => {
    await side.signUp();
    for (const path of PATHS) await side.post(path, { useAccountCookie: true });
    await side.get("/account-info?useAccountCookie=true");
  }),
  scenario("social: tokens without a session", ["401", "401", "401"], async (side) => {
    for (const path of PATHS) await side.post(path, { accountId: "x", userId: "y" });
    await side.get("/account-info?accountId=x&userId=y");
  }),
  scenario("social: which account is not said well", [...Array(10).fill("400 VALIDATION_ERROR"), ...Array(4).fill("400 VALIDATION_ERROR")], async (side) => {
    const bodies = [undefined, [], {}, { providerId: "google" }, { accountId: 7 }, { accountId: "x", more: 1 }, { accountId: "x", more: 1, and: 2 }, { accountId: "x", userId: 7 }, { accountId: "x", useAccountCookie: true }, { useAccountCookie: false }];
    for (const body of bodies) await side.post("/get-access-token", body);
    for (const query of ["", "?x=1", "?accountId=a&accountId=b", "?accountId=a&x=1"]) await side.get(`/account-info${query}`);
  }),
];

export const sealedTokens = [
  scenario("social, sealed: tokens of a provider", ["200", "302", "200", "200", "200"], async (side) => {
    await signIn(side, "plain");
    const accountId = accountOf(side, "plain");
    await side.post("/get-access-token", { accountId });
    await side.post("/refresh-token", { accountId });
    await side.get(`/account-info?accountId=${accountId}`);
  }),
  scenario("social, sealed: tokens from before they were sealed", ["200", "302", "200", "400 FAILED_TO_GET_ACCESS_TOKEN"], async (side) => {
    await signIn(side, "plain");
    const accountId = accountOf(side, "plain");
    side.rows.set("account", "accessToken", "plain token");
    await side.post("/get-access-token", { accountId });
    side.rows.set("account", "accessToken", "00".repeat(50));
    await side.post("/get-access-token", { accountId });
  }),
];
