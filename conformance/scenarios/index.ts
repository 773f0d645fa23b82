import type { Scenario } from "../src/scenario.ts";
import { bodies } from "./bodies.ts";
import { client } from "./client/index.ts";
import { cookies } from "./cookies.ts";
import { https } from "./https.ts";
import { misc } from "./misc.ts";
import { origins } from "./origins.ts";
import { rateLimits } from "./rate-limits.ts";
import { sessions } from "./sessions.ts";
import { signIn } from "./sign-in.ts";
import { signOut } from "./sign-out.ts";
import { signUp } from "./sign-up.ts";
import { threatsOfCookies } from "./threats/cookies.ts";
import { threatsOfCredentials, threatsOfStoredHashes } from "./threats/credentials.ts";
import { threatsOfOrigins } from "./threats/origins.ts";
import { tokens } from "./tokens.ts";

export const scenarios: Scenario[] = [
  ...misc,
  ...signUp,
  ...signIn,
  ...signOut,
  ...sessions,
  ...tokens,
  ...cookies,
  ...bodies,
  ...origins,
  ...threatsOfCookies,
  ...threatsOfOrigins,
  ...threatsOfCredentials,
  ...threatsOfStoredHashes,
  ...client,
];

/** For a pair of servers that count requests. */
export const withLimits: Scenario[] = rateLimits;

/** For a pair whose address begins with https. */
export const behindHttps: Scenario[] = https;
