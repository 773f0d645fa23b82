import type { AuthContext } from "@better-auth/core";
import { BetterAuthError } from "@better-auth/core/error";
import type { JwtOptions } from "better-auth/plugins/jwt";

/** Plugins that hand cookies to a framework want to come last; an answer that is refused has not reached them. */
const HAND_ON = ["next-cookies", "sveltekit-cookies", "tanstack-start-cookies", "tanstack-start-cookies-solid"];

/**
 * Refuses settings of Better Auth with which something that ends would not be refused everywhere, each with what to do.
 * Returns the options of the plugin `jwt`.
 */
export function checkOptions(ctx: AuthContext, serve: boolean): JwtOptions | undefined {
  const { options, adapter } = ctx;
  const jwt = options.plugins?.find(({ id }) => id === "jwt");
  const jwtOptions = jwt?.options as JwtOptions | undefined;
  const generateId = options.advanced?.database?.generateId;
  const plugins = options.plugins ?? [];
  const own = plugins.findIndex(({ id }) => id === "countersign");
  const behind = plugins.slice(own + 1).find(({ id, hooks }) => hooks !== undefined && !HAND_ON.includes(id));
  const problems: [boolean, string][] = [
    [jwt === undefined, "there is no plugin jwt; put jwt() into `plugins`, before countersign()"],
    [
      behind !== undefined,
      `the plugin ${behind?.id ?? ""} comes behind countersign(), and its hooks run where nothing sees whether they failed; put ` +
        "countersign() last in `plugins`",
    ],
    [
      jwtOptions?.jwt?.getSubject !== undefined,
      "jwt.getSubject gives tokens another `sub` than the user's id, by which users are refused; remove it",
    ],
    [
      serve && (jwtOptions?.jwt?.sign !== undefined || jwtOptions?.jwks?.remoteUrl !== undefined),
      "jwt.sign and jwks.remoteUrl sign elsewhere, and the feed is signed with a key in the table jwks; remove them, or " +
        "set `serve: false` and run a Countersign server",
    ],
    [options.database === undefined, "there is no `database`; revocations have to be kept in one"],
    [
      !adapter.options?.adapterConfig.transaction,
      `the adapter ${adapter.id} has no transactions, or does not say so, in which what ends and its revocation are written together; set ` +
        "`transaction: true` in its options",
    ],
    [
      options.secondaryStorage !== undefined && options.session?.storeSessionInDatabase !== true,
      "sessions are kept in `secondaryStorage` only, where their end is not seen; set session.storeSessionInDatabase",
    ],
    [
      generateId === "serial" || generateId === "uuid",
      `advanced.database.generateId is "${String(generateId)}", and the tables of revocations have texts as ids; ` +
        "remove it",
    ],
  ];
  for (const [isThere, problem] of problems) {
    if (isThere) throw new BetterAuthError(`countersign(): ${problem}`);
  }
  return jwtOptions;
}
