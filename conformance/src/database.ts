/**
 * The databases behind the servers: SQLite files, or databases on the server that DATABASE_SERVER
 * names (`postgres://…` or `mysql://…`, with somebody who may make databases). Whoever asks waits
 * for the answer in place, on every one of them.
 */
import { join } from "node:path";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import Sqlite from "better-sqlite3";

export type Row = Record<string, unknown>;
/** Values for `:name`, or one for `?`. */
type Values = Record<string, unknown> | string;

export interface Statement {
  all(values: Values): unknown[];
  get(values: Values): unknown;
  run(values: Values): unknown;
}

export interface Database {
  prepare(sql: string): Statement;
  /** Where sessions are in Redis alone there is no table for them. */
  hasTable(name: string): boolean;
  close(): unknown;
}

const SERVER = process.env.DATABASE_SERVER;
const PATIENCE_MS = 20_000;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** A database for one server; its DATABASE_URL. */
export function newDatabase(folder: string, name: string): string {
  if (!SERVER) return `sqlite:${join(folder, `${name}.db`)}`;
  const own = `${name}_${Date.now().toString(36)}`;
  ask(SERVER, `CREATE DATABASE ${own}`, []);
  const url = new URL(SERVER);
  url.pathname = own;
  return url.href;
}

export function openDatabase(url: string): Database {
  if (url.startsWith("sqlite:")) return inFile(url.slice("sqlite:".length));
  const here = url.startsWith("mysql:") ? "DATABASE()" : "current_schema()";
  const tables = `SELECT 1 FROM information_schema.tables WHERE table_schema = ${here} AND table_name = ?`;
  return {
    prepare: (sql) => onServer(url, sql),
    hasTable: (name) => onServer(url, tables).get(name) !== undefined,
    close: () => {},
  };
}

function inFile(file: string): Database {
  const database = new Sqlite(file, { fileMustExist: true });
  return {
    prepare: (sql) => database.prepare(sql),
    hasTable: (name) => database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(name) !== undefined,
    close: () => database.close(),
  };
}

function onServer(url: string, sql: string): Statement {
  const names: string[] = [];
  // Rows have no number of their own there.
  const ordered = sql.replace(/("\w+")\.rowid/g, `$1."createdAt", $1."id"`);
  const text = ordered.replace(/:(\w+)/g, (_, name: string) => (names.push(name), "?"));
  const mysql = url.startsWith("mysql:");
  function value(given: unknown): unknown {
    const isDate = mysql && typeof given === "string" && ISO_DATE.test(given);
    return isDate ? given.replace("T", " ").replace("Z", "") : given;
  }
  function run(values: Values): Row[] {
    const given = typeof values === "string" ? [values] : names.map((name) => values[name]);
    return ask(url, text, given.map(value));
  }
  return { all: run, get: (values) => run(values)[0], run };
}

let worker: Worker | undefined;

function ask(url: string, sql: string, values: unknown[]): Row[] {
  worker ??= new Worker(join(import.meta.dirname, "database-worker.mjs"));
  worker.unref();
  const { port1, port2 } = new MessageChannel();
  const done = new SharedArrayBuffer(4);
  worker.postMessage({ url, sql, values, port: port2, done }, [port2]);
  Atomics.wait(new Int32Array(done), 0, 0, PATIENCE_MS);
  const answer = receiveMessageOnPort(port1)?.message as { rows?: Row[]; error?: string } | undefined;
  port1.close();
  if (!answer?.rows) throw new Error(answer?.error ?? `the database did not answer: ${sql}`);
  return answer.rows;
}
