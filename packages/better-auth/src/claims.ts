import { defineRequestState, hasRequestState } from "@better-auth/core/context";
import { generateId } from "better-auth";

const began = defineRequestState<number | undefined>(() => undefined);

/** A request that may get a token begins now, before its session is looked up. */
export async function requestBegins(): Promise<void> {
  if (await hasRequestState()) await began.set(Math.floor(Date.now() / 1000));
}

/**
 * For `definePayload` of the plugin `jwt`: tokens that name their user, their session and themselves, and say nothing
 * else, as `token.claims = minimal` of a Countersign server does. A session that ends then refuses its own tokens, and no
 * others.
 *
 * They are as old as the request for them: what ends the user while it is answered refuses them, too.
 */
export async function minimalClaims({
  session,
}: {
  session: { id: string };
}): Promise<{ sid: string; jti: string; iat?: number }> {
  const iat = (await hasRequestState()) ? await began.get() : undefined;
  return { sid: session.id, jti: generateId(32), ...(iat === undefined ? {} : { iat }) };
}
