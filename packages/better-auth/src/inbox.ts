import type { DBTransactionAdapter } from "@better-auth/core/db/adapter";
import { generateId } from "better-auth";
import type { Ended } from "./causes.ts";
import type { Kind } from "./hash.ts";

/** What ended, by its name, until it has a number. */
export type InboxRow = { id: string; kind: Kind; name: string; before?: number | null; createdAt: Date };

/** Whoever looked before the commit saw the user as they were, and may still issue a token with rights that are gone. */
const OFFSET = { "the second before": -1, now: 0, "the second after": 1 } as const;

/** Puts names into the inbox, each once. */
export async function put(adapter: DBTransactionAdapter, ended: Ended[], now: Date): Promise<void> {
  const second = Math.floor(now.getTime() / 1000);
  const rows = new Map<string, Omit<InboxRow, "id">>();
  for (const { kind, name, upTo } of ended) {
    const before = upTo === undefined ? null : second + OFFSET[upTo];
    rows.set(JSON.stringify([kind, name, before]), { kind, name, before, createdAt: now });
  }
  for (const row of rows.values()) {
    const data = { id: generateId(32), ...row };
    await adapter.create({ model: "revocationInbox", data, forceAllowId: true });
  }
}
