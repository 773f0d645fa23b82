import type { GenericEndpointContext } from "@better-auth/core";
import { resolveSigningKey } from "better-auth/plugins/jwt";
import type { JwtOptions } from "better-auth/plugins/jwt";
import { SignJWT } from "jose";
import type { Look, Page } from "./feed.ts";

/** What the header says: no token, and no token is taken for one. */
const TYP = "revocations+jwt";

type SigningKey = Awaited<ReturnType<typeof resolveSigningKey>>;

/** It is read and opened once after a look, for all that come for its pages. */
const keys = new WeakMap<Look, Promise<SigningKey>>();

/** Signs a page of a look with the key that the plugin `jwt` signs tokens with since then. */
export async function signAnswer(
  ctx: GenericEndpointContext,
  jwt: JwtOptions | undefined,
  { look, page }: { look: Look; page: Page },
  nonce: string | undefined,
): Promise<string> {
  const resolved = keys.get(look) ?? resolveSigningKey(ctx, jwt);
  keys.set(look, resolved);
  const key = await resolved;
  if (!key) throw new Error("the plugin jwt has no key of its own");
  const iss = issuerOf(ctx, jwt);
  if (!iss) throw new Error("the feed has no issuer: set baseURL, or jwt.issuer in the plugin jwt");
  const payload = { iss, iat: Math.floor(Date.now() / 1000), ...(nonce === undefined ? {} : { nonce }), ...page };
  return new SignJWT(payload).setProtectedHeader({ alg: key.alg, kid: key.kid, typ: TYP }).sign(key.privateKey);
}

/** What the plugin `jwt` writes as `iss`. */
function issuerOf(ctx: GenericEndpointContext, jwt: JwtOptions | undefined): string {
  const { baseURL } = ctx.context.options;
  return jwt?.jwt?.issuer ?? (typeof baseURL === "string" ? baseURL : "");
}
