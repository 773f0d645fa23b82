/** As the servers come. */
import { account } from "../scenarios/account.ts";
import { bodies } from "../scenarios/bodies.ts";
import { client } from "../scenarios/client/index.ts";
import { cookies } from "../scenarios/cookies.ts";
import { unasked } from "../scenarios/mail/without.ts";
import { misc } from "../scenarios/misc.ts";
import { origins } from "../scenarios/origins.ts";
import { sessions } from "../scenarios/sessions.ts";
import { signIn } from "../scenarios/sign-in.ts";
import { signOut } from "../scenarios/sign-out.ts";
import { signUp } from "../scenarios/sign-up.ts";
import { threatsOfCookies } from "../scenarios/threats/cookies.ts";
import { threatsOfCredentials, threatsOfStoredHashes } from "../scenarios/threats/credentials.ts";
import { threatsOfOrigins } from "../scenarios/threats/origins.ts";
import { tokens } from "../scenarios/tokens.ts";
import type { Arrangement } from "./index.ts";

export const plain: Arrangement = {
  name: "as it comes",
  scenarios: [
    ...misc,
    ...signUp,
    ...signIn,
    ...signOut,
    ...sessions,
    ...account,
    ...tokens,
    ...cookies,
    ...bodies,
    ...origins,
    ...threatsOfCookies,
    ...threatsOfOrigins,
    ...threatsOfCredentials,
    ...threatsOfStoredHashes,
    ...unasked,
    ...client,
  ],
};
