import { defineRequestState, hasRequestState } from "@better-auth/core/context";
import { generateId } from "better-auth";

const began = defineRequestState<{ iat: number; exp: number } | undefined>(() => undefined);

/** A request that may get a token begins now, before its session is looked up; a token of then is good until `exp`. */
export async function requestBegins(exp: (second: number) => number): Promise<void> {
  const iat = Math.floor(Date.now() / 1000);
  if (await hasRequestState()) await began.set({ iat, exp: exp(iat) });
}

/**
 * For `definePayload` of the plugin `jwt`: tokens that name their user, their session and themselves, and say nothing
 * else, as `token.claims = minimal` of a Countersign server does. A session that ends then refuses its own tokens, and no
 * others.
 *
 * They are as old as the request for them: what ends the user while it is answered refuses them, too. And they are good no
 * longer than their session was to last then: a session whose time is over ends nothing.
 */
export async function minimalClaims({
  session,
}: {
  session: { id: string; expiresAt: Date };
}): Promise<{ sid: string; jti: string; iat?: number; exp?: number }> {
  const names = { sid: session.id, jti: generateId(32) };
  const times = (await hasRequestState()) ? await began.get() : undefined;
  if (times === undefined) return names;
  const end = Math.floor(new Date(session.expiresAt).getTime() / 1000);
  return { ...names, iat: times.iat, exp: Math.min(times.exp, end) };
}
