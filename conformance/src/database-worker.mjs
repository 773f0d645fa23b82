// Runs SQL on PostgreSQL and MySQL for a caller that waits (database.ts): one connection an address.

import { parentPort } from "node:worker_threads";
import mysql from "mysql2/promise";
import pg from "pg";

const connections = new Map();

parentPort.on("message", async ({ url, sql, values, port, done }) => {
  try {
    if (!connections.has(url)) connections.set(url, connect(url));
    const run = await connections.get(url);
    port.postMessage({ rows: await run(sql, values) });
  } catch (error) {
    port.postMessage({ error: `${error.message}: ${sql}` });
  }
  const flag = new Int32Array(done);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
});

async function connect(url) {
  if (url.startsWith("mysql:")) {
    const connection = await mysql.createConnection({ uri: url, timezone: "Z" });
    await connection.query("SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')");
    return async (sql, values) => {
      const [rows] = await connection.query(sql, values);
      return Array.isArray(rows) ? rows.map(plain) : [];
    };
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return async (sql, values) => {
    let place = 0;
    const { rows } = await client.query(sql.replace(/\?/g, () => `$${(place += 1)}`), values);
    return rows.map(plain);
  };
}

/** As SQLite would have it: dates are texts, a boolean is 0 or 1. */
function plain(row) {
  const value = (cell) => (cell instanceof Date ? cell.toISOString() : typeof cell === "boolean" ? Number(cell) : cell);
  return Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, value(cell)]));
}
