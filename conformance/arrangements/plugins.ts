/** The plugins, each as its setting turns it on. */
import { bareBearer, bearer } from "../scenarios/bearer.ts";
import { jwtOptions } from "../scenarios/jwt-options.ts";
import { multiSession } from "../scenarios/multi-session.ts";
import { openApi } from "../scenarios/open-api.ts";
import { username } from "../scenarios/username.ts";
import type { Arrangement } from "./index.ts";

const BEARER = { COUNTERSIGN_BEARER__ENABLED: "true" };

const CLAIMS = {
  name: "{user.name}",
  verified: "{user.emailVerified}",
  image: "{user.image}",
  tenant: "acme",
  session: { id: "{session.id}", ends: "{session.expiresAt}" },
  levels: [1, "{user.email}"],
};

export const plugins: Arrangement[] = [
  { name: "with bearer", scenarios: bearer, reference: "bearer", settings: () => BEARER },
  {
    name: "with bearer, bare tokens too",
    scenarios: bareBearer,
    reference: "bearer-bare",
    settings: () => ({ ...BEARER, COUNTERSIGN_BEARER__REQUIRE_SIGNATURE: "false" }),
  },
  {
    name: "with multi-session and bearer",
    scenarios: multiSession,
    reference: "multi-session",
    settings: () => ({
      ...BEARER,
      COUNTERSIGN_MULTI_SESSION__ENABLED: "true",
      COUNTERSIGN_MULTI_SESSION__MAXIMUM_SESSIONS: "3",
    }),
  },
  {
    name: "with username",
    scenarios: username,
    reference: "username",
    settings: () => ({ COUNTERSIGN_USERNAME__ENABLED: "true" }),
  },
  {
    name: "with jwt's options",
    scenarios: jwtOptions,
    reference: "jwt-options",
    tokens: { keys: "/.well-known/jwks.json", issuer: "https://issuer.test", audience: "https://files.test" },
    settings: () => ({
      COUNTERSIGN_TOKEN__ALGORITHM: "ES256",
      COUNTERSIGN_TOKEN__ISSUER: "https://issuer.test",
      COUNTERSIGN_TOKEN__AUDIENCE: "https://tasks.test, https://files.test",
      COUNTERSIGN_TOKEN__LIFETIME: "1h",
      COUNTERSIGN_TOKEN__CLAIMS: JSON.stringify(CLAIMS),
      COUNTERSIGN_TOKEN__HEADER: "false",
      COUNTERSIGN_TOKEN__ROTATION_INTERVAL: "30d",
      COUNTERSIGN_TOKEN__GRACE_PERIOD: "1d",
      COUNTERSIGN_TOKEN__ENCRYPT_PRIVATE_KEYS: "false",
      COUNTERSIGN_TOKEN__JWKS_PATH: "/.well-known/jwks.json",
    }),
  },
  {
    name: "with open-api",
    scenarios: openApi,
    reference: "open-api",
    // Tables that Better Auth does not have would be described, too.
    settings: () => ({
      COUNTERSIGN_OPEN_API__ENABLED: "true",
      COUNTERSIGN_REVOCATION__ENABLED: "false",
      COUNTERSIGN_SPENT_TOKENS__ENABLED: "false",
    }),
  },
];
