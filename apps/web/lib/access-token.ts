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

/**
 * A token for the task API; `undefined` when nobody is signed in any more. Calls that come
 * together share one request.
 *
 * `fresh` asks the auth server for a new one, which it gives only while the session lives.
 */
export async function accessToken({ fresh = false } = {}): Promise<string | undefined> {
  if (!fresh && current && current.endsAt - MARGIN_MS > Date.now()) return current.value;
  underWay ??= fetchToken().finally(() => {
    underWay = undefined;
  });
  current = await underWay;
  return current?.value;
}

/** The token at hand, without asking anybody: for a page that is about to close. */
export function tokenAtHand(): string | undefined {
  return current?.value;
}

export function forgetToken(): void {
  current = undefined;
}

/** Thrown when the auth server does not answer: that says nothing about the session. */
export class AuthServerUnavailable extends Error {}

async function fetchToken(): Promise<AccessToken | undefined> {
  const { data, error } = await authClient.token().catch((cause: unknown) => {
    throw new AuthServerUnavailable("The auth server cannot be reached.", { cause });
  });
  if (data) return { value: data.token, endsAt: expiryOf(data.token) };
  if (error?.status === 401) return undefined;
  throw new AuthServerUnavailable("The auth server cannot answer.");
}

/** When the token ends, in milliseconds. It is not verified here: the API does that. */
function expiryOf(token: string): number {
  const payload = token.split(".")[1] ?? "";
  const claims: unknown = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
  return typeof claims === "object" && claims && "exp" in claims ? Number(claims.exp) * 1000 : 0;
}
