// Identity providers, all at IDENTITY_PROVIDER. SOCIAL says what else: `lenient` encrypts tokens and links any address,
// `apart` links nothing.
//
// Better Auth has the addresses of Google, GitHub and their like in its code: requests to them are sent to the mock.

import { genericOAuth } from "better-auth/plugins";

const USUAL = [
  ["https://oauth2.googleapis.com/token", "google/token"],
  ["https://www.googleapis.com/oauth2/v3/certs", "google/jwks"],
  ["https://github.com/login/oauth/access_token", "github/token"],
  ["https://api.github.com/user/emails", "github/emails"],
  ["https://api.github.com/user", "github/userinfo"],
  ["https://login.microsoftonline.com/common/oauth2/v2.0/token", "microsoft/token"],
  ["https://login.microsoftonline.com/common/discovery/v2.0/keys", "microsoft/jwks"],
  ["https://appleid.apple.com/auth/token", "apple/token"],
  ["https://appleid.apple.com/auth/keys", "apple/jwks"],
  ["https://discord.com/api/oauth2/token", "discord/token"],
  ["https://discord.com/api/users/%40me", "discord/userinfo"],
];

export default function social(usual, { IDENTITY_PROVIDER: idp, SOCIAL }) {
  const send = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const asked = String(input instanceof Request ? input.url : input);
    const known = USUAL.find(([address]) => asked === address);
    return send(known ? `${idp}/${known[1]}` : input, init);
  };
  const own = { clientId: "cid", clientSecret: "csecret" };
  const plain = (providerId, more = {}) => ({
    ...own,
    providerId,
    authorizationUrl: `${idp}/${providerId}/authorize`,
    tokenUrl: `${idp}/${providerId}/token`,
    userInfoUrl: `${idp}/${providerId}/userinfo`,
    scopes: ["email"],
    ...more,
  });
  const discoveryUrl = `${idp}/oidc/.well-known/openid-configuration`;
  return {
    ...usual,
    account: {
      encryptOAuthTokens: SOCIAL === "lenient",
      accountLinking: {
        enabled: SOCIAL !== "apart",
        allowDifferentEmails: SOCIAL === "lenient",
        trustedProviders: ["trusted"],
      },
    },
    socialProviders: {
      google: own,
      github: { ...own, scope: ["repo"] },
      microsoft: { ...own, disableProfilePhoto: true },
      apple: own,
      discord: { ...own, scope: ["guilds"] },
    },
    plugins: [
      ...usual.plugins,
      genericOAuth({
        config: [
          plain("plain"),
          plain("basic", { authentication: "basic", pkce: false, prompt: "consent", accessType: "offline" }),
          plain("closed", { disableSignUp: true }),
          plain("asking", { disableImplicitSignUp: true }),
          plain("strict", { requireEmailVerification: true }),
          plain("trusted"),
          plain("overriding", { overrideUserInfo: true }),
          { ...own, providerId: "oidc", discoveryUrl, scopes: ["profile"] },
        ],
      }),
    ],
  };
}
