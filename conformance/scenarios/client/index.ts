import type { Scenario } from "../../src/scenario.ts";
import { account } from "./account.ts";
import { browsers } from "./browsers.ts";
import { fetched } from "./fetch.ts";
import { hooked } from "./hooks.ts";
import { sessions } from "./sessions.ts";
import { signIn } from "./sign-in.ts";
import { signOut } from "./sign-out.ts";
import { signUp } from "./sign-up.ts";
import { store } from "./store.ts";
import { tokens } from "./tokens.ts";

/** Everything done through the real client: what its caller sees, and what goes over the wire. */
export const client: Scenario[] = [
  ...signUp,
  ...signIn,
  ...signOut,
  ...sessions,
  ...account,
  ...tokens,
  ...hooked,
  ...fetched,
  ...store,
  ...browsers,
];
