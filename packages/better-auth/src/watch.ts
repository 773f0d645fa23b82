/**
 * Every change of sessions, users and accounts goes through the database adapter, whichever endpoint or plugin makes it; so
 * that is what is watched. Better Auth's `databaseHooks` would not do: a hook before an update is not told of which row,
 * one after it runs when the transaction is committed, and of sessions that are deleted together it sees the first hundred.
 *
 * What a change ends is put into the inbox in the same transaction: Better Auth's own where it is in one, else one around
 * the change. The rows are read before it, and the change is its first statement, for on SQLite a transaction that read
 * first cannot write when another process wrote meanwhile. Exactly the rows that were read are deleted, so that no session
 * goes unseen that began in between. The second up to which tokens are refused is that after the change.
 */
import type { DBAdapter, DBTransactionAdapter, Where } from "@better-auth/core/db/adapter";
import { byDeletion, byUpdate, type Ended, type Row, type Watched } from "./causes.ts";
import { remember } from "./failures.ts";
import { put } from "./inbox.ts";

/** Rows that are read or deleted with one statement. */
const AT_ONCE = 500;

/** How often a transaction of ours is begun again that another one was in the way of. */
const ATTEMPTS = 3;

/** What is watched, and how. */
export type Watch = {
  /** The table by the names that it may be called. */
  tableOf: (model: string) => Watched | undefined;
  /** Whether tokens say of which session they are. */
  tokensNameSession: boolean;
};

const watched = new WeakSet<object>();

/** Watches an adapter, in place: whoever holds it already is seen, too. */
export function watchAdapter(adapter: DBAdapter, watch: Watch): void {
  if (watched.has(adapter)) return;
  watched.add(adapter);
  const bare = { ...adapter };
  const inTransaction: Atomically = async (work) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await bare.transaction(work);
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
      }
    }
  };
  Object.assign(adapter, changesOf(bare, watch, inTransaction));
  adapter.transaction = (work) =>
    bare.transaction((trx) => work({ ...trx, ...changesOf(trx, watch, (inside) => inside(trx)) }));
}

type Changes = Pick<
  DBTransactionAdapter,
  "findMany" | "update" | "updateMany" | "delete" | "deleteMany" | "consumeOne" | "incrementOne"
>;

type Atomically = <R>(work: (trx: DBTransactionAdapter) => Promise<R>) => Promise<R>;

function changesOf(adapter: DBTransactionAdapter, watch: Watch, atomically: Atomically): Changes {
  const { tableOf, tokensNameSession } = watch;

  async function change<R>(
    { model, where }: { model: string; where: Where[] },
    ended: ((row: Row) => Ended[]) | undefined,
    write: (adapter: DBTransactionAdapter, rows: Row[]) => Promise<R>,
  ): Promise<R> {
    if (ended === undefined) return write(adapter, []);
    return remembered(async () => {
      const rows = await rowsOf(adapter, model, where);
      const all = rows.flatMap(ended);
      if (all.length === 0) return write(adapter, rows);
      return atomically(async (trx) => {
        const result = await write(trx, rows);
        await put(trx, all, new Date());
        return result;
      });
    });
  }

  const ifDeleted = (model: string) => {
    const table = tableOf(model);
    // An account that is taken away ends no token.
    if (table === undefined || table === "account") return undefined;
    return (row: Row) => byDeletion(table, row, new Date(), tokensNameSession);
  };
  const ifUpdated = (model: string, values: Row) => {
    const table = tableOf(model);
    return table && byUpdate(table, values, new Date(), tokensNameSession);
  };

  return {
    // Better Auth looks before it deletes, and overlooks that it cannot.
    findMany: (query) => (ifDeleted(query.model) ? remembered(() => adapter.findMany(query)) : adapter.findMany(query)),
    update: (query) => change(query, ifUpdated(query.model, query.update), (trx) => trx.update(query)),
    updateMany: (query) => change(query, ifUpdated(query.model, query.update), (trx) => trx.updateMany(query)),
    incrementOne: (query) => change(query, ifUpdated(query.model, query.set ?? {}), (trx) => trx.incrementOne(query)),
    delete: async (query) => {
      const ended = ifDeleted(query.model);
      if (!ended) return adapter.delete(query);
      await change(query, ended, (trx, rows) => deleteRows(trx, query.model, rows));
    },
    deleteMany: (query) => {
      const ended = ifDeleted(query.model);
      if (!ended) return adapter.deleteMany(query);
      return change(query, ended, (trx, rows) => deleteRows(trx, query.model, rows));
    },
    consumeOne: (query) => change(query, ifDeleted(query.model), (trx) => trx.consumeOne(query)),
  };
}

async function rowsOf(adapter: DBTransactionAdapter, model: string, where: Where[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const sortBy = { field: "id", direction: "asc" } as const;
    const some = await adapter.findMany<Row>({ model, where, limit: AT_ONCE, offset: rows.length, sortBy });
    rows.push(...some);
    if (some.length < AT_ONCE) return rows;
  }
}

async function deleteRows(adapter: DBTransactionAdapter, model: string, rows: Row[]): Promise<number> {
  let count = 0;
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    const ids = rows.slice(at, at + AT_ONCE).map((row) => String(row["id"]));
    // MySQL may read, and lock, the whole table for a list.
    const id: Where = ids.length === 1 ? { field: "id", value: ids[0] ?? "" } : { field: "id", operator: "in", value: ids };
    count += await adapter.deleteMany({ model, where: [id] });
  }
  return count;
}

async function remembered<R>(work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    await remember();
    throw error;
  }
}
