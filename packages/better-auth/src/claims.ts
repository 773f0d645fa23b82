import { generateId } from "better-auth";

/**
 * For `definePayload` of the plugin `jwt`: tokens that name their user, their session and themselves, and say nothing
 * else, as `token.claims = minimal` of a Countersign server does. A session that ends then refuses its own tokens, and no
 * others.
 */
export function minimalClaims({ session }: { session: { id: string } }): { sid: string; jti: string } {
  return { sid: session.id, jti: generateId(32) };
}
