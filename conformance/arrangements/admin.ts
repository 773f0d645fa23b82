/** The plugin admin, as far as it ends something or changes rights. */
import { admin as scenarios, adminAndRedis, adminAndSocial } from "../scenarios/admin.ts";
import type { Arrangement } from "./index.ts";
import { providers } from "./social.ts";

const ON = { COUNTERSIGN_ADMIN__ENABLED: "true" };

export const admin: Arrangement[] = [
  {
    name: "with admin",
    scenarios,
    reference: "admin",
    settings: () => ({
      ...ON,
      COUNTERSIGN_ADMIN__DEFAULT_BAN_REASON: "because",
      COUNTERSIGN_ADMIN__BANNED_USER_MESSAGE: "Write to us.",
    }),
  },
  {
    name: "with admin and identity providers",
    scenarios: adminAndSocial,
    reference: "admin-and-social",
    identityProvider: "usual",
    settings: ({ identityProvider }) => ({ ...ON, ...providers(identityProvider) }),
  },
  { name: "with admin and Redis", scenarios: adminAndRedis, reference: "admin-and-redis", redis: true, settings: () => ON },
];
