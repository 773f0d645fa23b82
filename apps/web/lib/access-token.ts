import { authClient } from "@/lib/auth-client";

/** A token is not used any more when it ends within this time. */
const MARGIN_MS = 60_000;

interface AccessToken {
  value: string;
  endsAt: number;
}

// In memory only: a script that is not ours finds no token in any storage, and a closed tab
// forgets it. The session itself is in a cookie that no script can read.
let current: AccessToken | undefined;
let underWay: Promise<AccessToken | undefined> | undefined;
/** Counts how often the token was forgotten: an answer to an earlier question is nobody's. */
let session = 0;

/**
 * A token for the task API; `undefined` when nobody is signed in any more. Calls that come
 * together share one request.
 *
 * `fresh` asks the auth server for a new one, which it gives only while the session lives.
 */
export async function accessToken({ fresh = false } = {}): Promise<string | undefined> {
  if (!fresh && current && current.endsAt - MARGIN_MS > Date.now()) return current.value;
  underWay ??= fetchAndKeep();
  return (await underWay)?.value;
}

async function fetchAndKeep(): Promise<AccessToken | undefined> {
  const mine = session;
  try {
    const token = await fetchToken();
    // Whoever forgot the token meanwhile must not find it again.
    if (mine !== session) return undefined;
    current = token;
    return token;
  } finally {
    if (mine === session) underWay = undefined;
  }
}

/** The token at hand, without asking anybody: for a page that is about to close. */
export function tokenAtHand(): string | undefined {
  return current?.value;
}

/** Which session this is: another number when the token was forgotten meanwhile. */
export function sessionNumber(): number {
  return session;
}

/** A token that is still on its way is forgotten, too. */
export function forgetToken(): void {
  session += 1;
  underWay = undefined;
  current = undefined;
}

/** Thrown when the auth server does not answer: that says nothing about the session. */
export class AuthServerUnavailable extends Error {}

async function fetchToken(): Promise<AccessToken | undefined> {
  const { data, error } = await authClient.token().catch((cause: unknown) => {
    throw new AuthServerUnavailable("The auth server cannot be reached.", { cause });
  });
  if (error?.status === 401) return undefined;
  const endsAt = expiryOf(data?.token);
  if (!data || endsAt === undefined) throw new AuthServerUnavailable("The auth server cannot answer.");
  return { value: data.token, endsAt };
}

/**
 * When the token ends, in milliseconds; `undefined` when it is no token, as when a proxy answers
 * with a page of its own. It is not verified here: the API does that.
 */
function expiryOf(token: unknown): number | undefined {
  if (typeof token !== "string") return undefined;
  const payload = token.split(".")[1] ?? "";
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    return typeof claims === "object" && claims && "exp" in claims ? Number(claims.exp) * 1000 : 0;
  } catch {
    return undefined;
  }
}
