/**
 * How the servers of a pair are set up, and what is done on them. An arrangement with a file
 * `reference/arrangements/NAME.mjs` gives Better Auth further options there, and ours the settings
 * that mean the same.
 */
import type { Scenario } from "../src/scenario.ts";
import { admin } from "./admin.ts";
import { behindHttps } from "./behind-https.ts";
import { mail } from "./mail.ts";
import { plain } from "./plain.ts";
import { plugins } from "./plugins.ts";
import { lenientSocial, redisAndMail, social, socialApart } from "./social.ts";
import { ofSessions } from "./sessions.ts";
import { withLimits } from "./with-limits.ts";

export interface Tokens {
  /** Where the keys are, under the API. */
  keys: string;
  issuer: string;
  audience: string;
}

export interface Arrangement {
  name: string;
  scenarios: Scenario[];
  /** The name of the file with the reference's further options. */
  reference?: string;
  /** Our settings that mean the same. */
  settings?: (server: { outbox: string; identityProvider: string }) => Record<string, string>;
  /** How its tokens are verified, when not with the keys at `/jwks` for its own address. */
  tokens?: Tokens;
  limited?: boolean;
  /** Starts identity providers; the reference's options read which kind. */
  identityProvider?: "usual" | "lenient" | "apart";
  /** Each server has a Redis of its own. */
  redis?: boolean;
  /** Its address for browsers, when that is not where it listens. */
  origin?: string;
  /** Trusted origins besides its own. */
  trusted?: string[];
}

export const arrangements: Arrangement[] = [
  plain,
  withLimits,
  behindHttps,
  ...admin,
  ...mail,
  ...plugins,
  social,
  lenientSocial,
  socialApart,
  redisAndMail,
  ...ofSessions,
];
