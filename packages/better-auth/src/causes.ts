/**
 * What ended, and what that refuses: the same as what Countersign's triggers in PostgreSQL see
 * (`countersign migrate apply --watch-better-auth`).
 *
 * | What Better Auth does | In the inbox |
 * |---|---|
 * | ends a session whose time is not over | the session; where tokens do not name it, its user up to now, too |
 * | deletes a user, sets `banned`, changes `role` | the user up to now |
 * | changes a password, or gives somebody a first one | the user up to the second before now: whoever changed it goes on |
 */
import type { Kind } from "./hash.ts";

/** A row, as Better Auth's adapters give it. */
export type Row = Record<string, unknown>;

/** The tables whose changes are causes. */
export type Watched = "session" | "user" | "account";

/**
 * How far ahead an end may be: it was read from a clock before the row was, and clocks are set. A session that is left less
 * is over.
 */
const AHEAD = 60_000;

/** What ended. */
export type Ended = { kind: Kind; name: string; upTo?: "now" | "the second before" | "the second after" | undefined };

/** What a row ends that is deleted. */
export function byDeletion(model: Exclude<Watched, "account">, row: Row, now: Date, tokensNameSession: boolean): Ended[] {
  if (model === "session") return sessionEnds(row, now, tokensNameSession);
  return [user(row["id"], "now")];
}

/** What an account ends that comes to somebody who was there before. */
export function byNewAccount(row: Row): Ended[] {
  return row["password"] == null ? [] : [user(row["userId"], "the second before")];
}

/** What each row ends that gets these values; `undefined` where they end nothing in any. */
export function byUpdate(
  model: Watched,
  values: Row,
  now: Date,
  tokensNameSession: boolean,
): ((row: Row) => Ended[]) | undefined {
  const changes = (row: Row, field: string) => (values[field] ?? null) !== (row[field] ?? null);
  if (model === "session") {
    // Better Auth ends sessions in this way where it keeps their rows.
    const { expiresAt } = values;
    if (expiresAt === undefined || new Date(expiresAt as Date).getTime() > now.getTime() + AHEAD) return undefined;
    const isEarlier = (row: Row) => new Date(expiresAt as Date) < new Date(row["expiresAt"] as Date);
    return (row) => (isEarlier(row) ? sessionEnds(row, now, tokensNameSession) : []);
  }
  if (model === "account") {
    if (values["password"] === undefined) return undefined;
    return (row) => (changes(row, "password") ? [user(row["userId"], "the second before")] : []);
  }
  const [bans, givesRole] = [values["banned"] === true, values["role"] !== undefined];
  if (!bans && !givesRole) return undefined;
  return (row) =>
    (bans && row["banned"] !== true) || (givesRole && changes(row, "role")) ? [user(row["id"], "the second after")] : [];
}

function sessionEnds(row: Row, now: Date, tokensNameSession: boolean): Ended[] {
  if (new Date(row["expiresAt"] as Date) <= now) return [];
  const session: Ended = { kind: "s", name: String(row["id"]) };
  return tokensNameSession ? [session] : [session, user(row["userId"], "now")];
}

function user(id: unknown, upTo: Ended["upTo"]): Ended {
  return { kind: "u", name: String(id), upTo };
}
