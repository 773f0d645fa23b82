/** With identity providers, all of them the mock in `reference/identity-provider.mjs`. */
import { broughtBack } from "../scenarios/sessions/brought-back.ts";
import { identities } from "../scenarios/social/identities.ts";
import { idTokens } from "../scenarios/social/id-tokens.ts";
import { lenientLinks, links, linksApart } from "../scenarios/social/links.ts";
import { providerTokens, sealedTokens } from "../scenarios/social/provider-tokens.ts";
import { socialBodies } from "../scenarios/social/bodies.ts";
import { states } from "../scenarios/social/states.ts";
import { users } from "../scenarios/social/users.ts";
import type { Arrangement } from "./index.ts";

const PLAIN = ["plain", "basic", "closed", "asking", "strict", "trusted", "overriding"];
const KNOWN = ["google", "github", "microsoft", "apple", "discord"];

/** `COUNTERSIGN_SOCIAL__ID__KEY` for every provider. */
export function providers(idp: string): Record<string, string> {
  const settings: Record<string, string> = {};
  function set(id: string, values: Record<string, string>) {
    for (const [key, value] of Object.entries({ client_id: "cid", client_secret: "csecret", ...values })) {
      settings[`COUNTERSIGN_SOCIAL__${id}__${key}`.toUpperCase()] = value;
    }
  }
  for (const id of PLAIN) {
    const at = (path: string) => `${idp}/${id}/${path}`;
    set(id, { authorization_url: at("authorize"), token_url: at("token"), userinfo_url: at("userinfo"), scopes: "email" });
  }
  set("basic", { token_auth: "basic", pkce: "false", prompt: "consent", access_type: "offline" });
  set("closed", { sign_up: "never" });
  set("asking", { sign_up: "requested" });
  set("strict", { require_verified_email: "true" });
  set("trusted", { trusted: "true" });
  set("overriding", { override_user_info: "true" });
  set("oidc", { discovery_url: `${idp}/oidc/.well-known/openid-configuration`, scopes: "profile" });
  for (const id of KNOWN) {
    const at = (path: string) => `${idp}/${id}/${path}`;
    const isProfile = id === "github" || id === "discord";
    set(id, { token_url: at("token"), ...(isProfile ? { userinfo_url: at("userinfo") } : { jwks_url: at("jwks") }) });
  }
  set("github", { emails_url: `${idp}/github/emails`, scopes: "repo" });
  set("discord", { scopes: "guilds" });
  return settings;
}

export const social: Arrangement = {
  name: "with identity providers",
  reference: "social",
  identityProvider: "usual",
  settings: ({ identityProvider }) => providers(identityProvider),
  scenarios: [...socialBodies, ...states, ...identities, ...users, ...idTokens, ...links, ...providerTokens],
};

export const lenientSocial: Arrangement = {
  name: "with identity providers, sealed tokens and any address",
  reference: "social",
  identityProvider: "lenient",
  settings: ({ identityProvider }) => ({
    ...providers(identityProvider),
    COUNTERSIGN_ACCOUNT__ENCRYPT_TOKENS: "true",
    COUNTERSIGN_ACCOUNT__LINK_OTHER_EMAILS: "true",
  }),
  scenarios: [...lenientLinks, ...sealedTokens],
};

export const redisAndMail: Arrangement = {
  name: "with Redis, mail and identity providers",
  reference: "redis-and-mail",
  identityProvider: "usual",
  redis: true,
  settings: ({ identityProvider, outbox }) => ({
    ...providers(identityProvider),
    COUNTERSIGN_MAIL: `outbox:${outbox}`,
    COUNTERSIGN_EMAIL_VERIFICATION__SEND_ON_SIGN_IN: "true",
    COUNTERSIGN_DELETE_USER__ENABLED: "true",
    COUNTERSIGN_DELETE_USER__SEND_VERIFICATION: "true",
  }),
  scenarios: broughtBack,
};

export const socialApart: Arrangement = {
  name: "with identity providers, and nothing linked",
  reference: "social",
  identityProvider: "apart",
  settings: ({ identityProvider }) => ({ ...providers(identityProvider), COUNTERSIGN_ACCOUNT__LINKING: "false" }),
  scenarios: linksApart,
};
