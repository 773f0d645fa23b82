/**
 * What is in the inbox gets its numbers.
 *
 * An entry is numbered in a transaction that takes its row out of the inbox, moves the one row of `revocationHead` on by as
 * many, and writes the entries with the numbers it got. The head is locked from there to the commit. So the next
 * transaction, of whichever process, gets its numbers when this one is committed and seen by everybody: numbers are in the
 * order of commits, without gaps, and who reads `sequence = n` in the head can read every entry up to `n`. A number taken
 * earlier could be committed after a later one, and a guard that had seen the later one would never ask for it.
 *
 * A row that two processes take is deleted by one of them: the other finds fewer rows than it read, and begins again.
 * A process that dies leaves the row in the inbox, or the entry in the sequence.
 */
import type { DBAdapter, DBTransactionAdapter } from "@better-auth/core/db/adapter";
import { generateId } from "better-auth";
import { hashOf, parseKey } from "./hash.ts";
import type { InboxRow } from "./inbox.ts";

/** Rows that get their numbers in one transaction. */
const AT_ONCE = 100;

/** How often a transaction is begun again that another process was in the way of. */
const ATTEMPTS = 5;

/** The head of the sequence. */
export type Head = { epoch: string; key: string; sequence: number };

/** An entry that has no number yet. */
type Named = Pick<InboxRow, "kind" | "name" | "before">;

const ONLY = [{ field: "id", value: "head" }];

/** The head, made where there is none. */
export async function readHead(adapter: DBAdapter): Promise<Head> {
  const there = await adapter.findOne<Head>({ model: "revocationHead", where: ONLY });
  if (there) return numbered(there);
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
  const data = { id: "head", epoch: generateId(32), key, sequence: 0 };
  // Of several that make it the table takes one.
  const error = await adapter.create({ model: "revocationHead", data, forceAllowId: true }).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  const made = await adapter.findOne<Head>({ model: "revocationHead", where: ONLY });
  if (!made) throw error ?? new Error("the table revocationHead was emptied just now");
  return numbered(made);
}

/** Gives numbers to all that is in the inbox; it refuses something until then at most. */
export async function emptyInbox(adapter: DBAdapter, until: () => number): Promise<void> {
  let attempts = 0;
  for (;;) {
    const rows = await adapter.findMany<InboxRow>({ model: "revocationInbox", limit: AT_ONCE });
    if (rows.length === 0) return;
    await readHead(adapter);
    try {
      if (await number(adapter, rows, until())) attempts = 0;
    } catch (error) {
      attempts += 1;
      if (attempts === ATTEMPTS) throw error;
    }
  }
}

/** Gives a number to one entry that was never in the inbox. */
export async function append(adapter: DBAdapter, entry: Named, until: number): Promise<void> {
  await readHead(adapter);
  await adapter.transaction((trx) => write(trx, [entry], until));
}

/** Whether these rows were still there. */
async function number(adapter: DBAdapter, rows: InboxRow[], until: number): Promise<boolean> {
  const taken = new Error("somebody else took some");
  try {
    await adapter.transaction(async (trx) => {
      for (const { id } of rows) {
        // One by one: MySQL locks what lies between rows that it deletes together, and keeps others from writing there.
        const where = [{ field: "id", value: id }];
        if ((await trx.deleteMany({ model: "revocationInbox", where })) === 0) throw taken;
      }
      await write(trx, rows, until);
    });
    return true;
  } catch (error) {
    if (error === taken) return false;
    throw error;
  }
}

/** Writes entries with the next numbers; the last that a transaction does. */
async function write(trx: DBTransactionAdapter, entries: Named[], until: number): Promise<void> {
  const increment = { sequence: entries.length };
  const moved = await trx.incrementOne<Head>({ model: "revocationHead", where: ONLY, increment });
  if (!moved) throw new Error("the table revocationHead was emptied just now");
  const head = numbered(moved);
  const key = parseKey(head.key);
  let sequence = head.sequence - entries.length;
  for (const { kind, name, before } of entries) {
    sequence += 1;
    const hash = hashOf(key, kind, name);
    const entry = { kind, hash, until, before: before == null ? null : Number(before), createdAt: new Date() };
    const data = { id: generateId(32), sequence, ...entry };
    await trx.create({ model: "revocation", data, forceAllowId: true });
  }
}

/** Some drivers give numbers of 64 bits as texts. */
function numbered({ epoch, key, sequence }: Head): Head {
  return { epoch, key, sequence: Number(sequence) };
}
