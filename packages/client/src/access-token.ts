/** A token for an API. Instants are this machine's, in milliseconds. */
export interface AccessToken {
  readonly value: string;
  /** Whose it is, where the token says so. */
  readonly subject: string | undefined;
  /** When it was asked for. */
  readonly from: number;
  readonly until: number;
}

/** At this part of its life a new one is asked for. */
const DUE = 0.8;

/** What a request may take on its way, at most a tenth of the life. */
const ON_THE_WAY_MS = 5_000;

/**
 * The token in an answer; `undefined` when there is none, as when a proxy answers with a page of its own.
 *
 * It is not verified: the API does that. Its life is what `expiresIn` says, or the time from `iat` to `exp`, counted from
 * the moment it was asked for: the clocks of machine and server need not agree. One that says neither is used once.
 */
export function accessToken(value: unknown, expiresIn: unknown, askedAt: number): AccessToken | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const { sub, iat, exp } = claimsOf(value);
  if (typeof expiresIn !== "number" && value.split(".").length !== 3) return undefined;
  const life = typeof expiresIn === "number" ? expiresIn : Number(exp) - Number(iat ?? askedAt / 1000);
  const until = askedAt + (life > 0 ? life * 1000 : 0);
  return { value, subject: typeof sub === "string" ? sub : undefined, from: askedAt, until };
}

/** Whether it can be sent. A clock that was set back says nothing about its age. */
export function lasts({ from, until }: AccessToken, now: number): boolean {
  return from <= now && now < until - Math.min(ON_THE_WAY_MS, (until - from) / 10);
}

/** Whether it is time for a new one. */
export function isDue({ from, until }: AccessToken, now: number): boolean {
  return now >= from + (until - from) * DUE;
}

function claimsOf(token: string): { sub?: unknown; iat?: unknown; exp?: unknown } {
  try {
    const payload = atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"));
    const claims: unknown = JSON.parse(payload);
    return typeof claims === "object" && claims !== null ? claims : {};
  } catch {
    return {};
  }
}
