/**
 * Every change of sessions, users and accounts goes through the database adapter, whichever endpoint or plugin makes it; so
 * that is what is watched. Better Auth's `databaseHooks` would not do: a hook before an update is not told of which row,
 * one after it runs when the transaction is committed, and of sessions that are deleted together it sees the first hundred.
 *
 * What a change ends is put into the inbox in the same transaction: Better Auth's own where it is in one, else one around
 * the change. The rows are read before it, and the change is its first statement, for on SQLite a transaction that read
 * first cannot write when another process wrote meanwhile. Of rows that end together only those are written that were read,
 * so that no session goes unseen that began in between. The second up to which tokens are refused is that after the change.
 */
import type { DBAdapter, DBTransactionAdapter, Where } from "@better-auth/core/db/adapter";
import { byDeletion, byNewAccount, byUpdate, type Ended, type Row, type Watched } from "./causes.ts";
import { remembered } from "./failures.ts";
import { put } from "./inbox.ts";
import { cameNow, isNewcomer } from "./newcomers.ts";

/** Rows that are read or written with one statement. */
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
  "create" | "findMany" | "update" | "updateMany" | "delete" | "deleteMany" | "consumeOne" | "incrementOne"
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

  const create: DBTransactionAdapter["create"] = async (query) => {
    const data: Row = query.data;
    const isFirst = tableOf(query.model) === "account" && !(await isNewcomer(data["userId"]));
    const ended = isFirst ? byNewAccount(data) : [];
    if (ended.length > 0) {
      return remembered(() =>
        atomically(async (trx) => {
          const made = await trx.create(query);
          await put(trx, ended, new Date());
          return made as never;
        }),
      );
    }
    const made = await adapter.create(query);
    if (tableOf(query.model) === "user") await cameNow((made as Row)["id"]);
    return made as never;
  };

  return {
    create,
    // Better Auth looks before it deletes, and overlooks that it cannot.
    findMany: (query) => (ifDeleted(query.model) ? remembered(() => adapter.findMany(query)) : adapter.findMany(query)),
    update: (query) => change(query, ifUpdated(query.model, query.update), (trx) => trx.update(query)),
    updateMany: (query) => {
      const ended = ifUpdated(query.model, query.update);
      if (!ended) return adapter.updateMany(query);
      return change(query, ended, (trx, rows) =>
        inBatches(rows, (id) => trx.updateMany({ ...query, where: [...query.where, id] })),
      );
    },
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

/** By their ids, not by how many came before: others delete rows meanwhile. */
async function rowsOf(adapter: DBTransactionAdapter, model: string, where: Where[]): Promise<Row[]> {
  const rows: Row[] = [];
  const sortBy = { field: "id", direction: "asc" } as const;
  let after: Where[] = [];
  for (;;) {
    const some = await adapter.findMany<Row>({ model, where: [...where, ...after], limit: AT_ONCE, sortBy });
    rows.push(...some);
    if (some.length < AT_ONCE) return rows;
    after = [{ field: "id", operator: "gt", value: String(some.at(-1)?.["id"]) }];
  }
}

function deleteRows(adapter: DBTransactionAdapter, model: string, rows: Row[]): Promise<number> {
  return inBatches(rows, (id) => adapter.deleteMany({ model, where: [id] }));
}

async function inBatches(rows: Row[], write: (id: Where) => Promise<number>): Promise<number> {
  let count = 0;
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    const ids = rows.slice(at, at + AT_ONCE).map((row) => String(row["id"]));
    // MySQL may read, and lock, the whole table for a list.
    count += await write(ids.length === 1 ? { field: "id", value: ids[0] ?? "" } : { field: "id", operator: "in", value: ids });
  }
  return count;
}
