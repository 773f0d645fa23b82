/**
 * What ended, and what that refuses: the same as what Countersign's triggers in PostgreSQL see
 * (`countersign migrate apply --watch-better-auth`).
 *
 * | What Better Auth does | In the inbox |
 * |---|---|
 * | ends a session whose time is not over | the session; where tokens do not name it, its user up to now, too |
 * | deletes a user, sets `banned`, changes `role` | the user up to now |
 * | changes a password | the user up to the second before now: whoever changed it goes on |
 */
import type { Kind } from "./hash.ts";

/** A row, as Better Auth's adapters give it. */
export type Row = Record<string, unknown>;

/** The tables whose changes are causes. */
export type Watched = "session" | "user" | "account";

/** What ended. */
export type Ended = { kind: Kind; name: string; upTo?: "now" | "the second before" };

/** What a row ends that is deleted. */
export function byDeletion(model: Watched, row: Row, now: Date, tokensNameSession: boolean): Ended[] {
  if (model === "session") return sessionEnds(row, now, tokensNameSession);
  return model === "user" ? [{ kind: "u", name: String(row["id"]), upTo: "now" }] : [];
}

/** What a row ends that gets these values. */
export function byUpdate(model: Watched, row: Row, values: Row, now: Date, tokensNameSession: boolean): Ended[] {
  const changes = (field: string) => values[field] !== undefined && (values[field] ?? null) !== (row[field] ?? null);
  if (model === "session") {
    // Better Auth ends sessions in this way where it keeps their rows.
    const expiresAt = values["expiresAt"];
    const isOver = expiresAt !== undefined && new Date(expiresAt as Date) <= now;
    return isOver ? sessionEnds(row, now, tokensNameSession) : [];
  }
  if (model === "account") {
    return changes("password") ? [{ kind: "u", name: String(row["userId"]), upTo: "the second before" }] : [];
  }
  const isBanned = values["banned"] === true && row["banned"] !== true;
  return isBanned || changes("role") ? [{ kind: "u", name: String(row["id"]), upTo: "now" }] : [];
}

function sessionEnds(row: Row, now: Date, tokensNameSession: boolean): Ended[] {
  if (new Date(row["expiresAt"] as Date) <= now) return [];
  const session: Ended = { kind: "s", name: String(row["id"]) };
  return tokensNameSession ? [session] : [session, { kind: "u", name: String(row["userId"]), upTo: "now" }];
}
