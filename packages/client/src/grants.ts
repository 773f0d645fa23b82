import { type AccessToken, accessToken } from "./access-token.ts";
import { ApiError, errorOf, membersOf, Unavailable } from "./errors.ts";

/**
 * How tokens are asked for.
 *
 * * `session`: `GET /token` with the session's cookie, as Better Auth's plugin `jwt` has it.
 * * `refresh-token`: `POST /token` as in RFC 6749 §6, of Countersign's feature `tokens`. The refresh token is in a cookie
 *   that no script reads; where there is none yet, the session gives the first.
 */
export type Grant = "session" | "refresh-token";

/** Sends a question to the auth server. */
export type Ask = (path: string, question: { method: "GET" | "POST"; body?: Record<string, string> }) => Promise<Answer>;

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

const NO_REFRESH_TOKENS =
  'The auth server gives no refresh tokens: set refresh_tokens.enabled there, or use the grant "session".';

/** A new token; `undefined` when there is no session any more. What else happens is thrown. */
export async function newToken(grant: Grant, ask: Ask, now: () => number): Promise<AccessToken | undefined> {
  const asked = async (question: Parameters<Ask>[1]) => {
    const at = now();
    const answer = await ask("/token", question).catch((cause: unknown) => {
      throw new Unavailable(0, {}, undefined, { cause });
    });
    return { answer, at };
  };
  if (grant === "session") return granted(await asked({ method: "GET" }), now);
  const refreshed = await asked({ method: "POST", body: { grant_type: "refresh_token" } });
  const { status } = refreshed.answer;
  if (status === 404 || status === 405) throw new ApiError(NO_REFRESH_TOKENS, status);
  if (!isMissing(refreshed.answer) && !isGone(refreshed.answer)) return granted(refreshed, now);
  return granted(await asked({ method: "POST", body: { grant_type: "session" } }), now);
}

function granted({ answer, at }: { answer: Answer; at: number }, now: () => number): AccessToken | undefined {
  if (isGone(answer)) return undefined;
  const { status, headers, body } = answer;
  if (status >= 400) throw errorOf(status, headers, body, now());
  const { token, access_token, expires_in } = membersOf(body);
  const found = accessToken(access_token ?? token, expires_in, at);
  if (!found) throw new Unavailable(502);
  return found;
}

/** There is no session, or the refresh token is used or revoked (RFC 6749 §5.2). */
function isGone({ status, body }: Answer): boolean {
  return status === 401 || (status === 400 && membersOf(body).error === "invalid_grant");
}

/** The browser has no cookie with a refresh token. */
function isMissing({ status, body }: Answer): boolean {
  return status === 400 && membersOf(body).error === "invalid_request";
}
