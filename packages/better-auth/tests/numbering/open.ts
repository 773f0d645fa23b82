import { betterAuth, type BetterAuthOptions } from "better-auth";
import { jwt } from "better-auth/plugins";
import Database from "better-sqlite3";
import mysql from "mysql2/promise";
import pg from "pg";
import { countersign } from "../../src/index.ts";

/** Options of a Better Auth on `sqlite:FILE`, `postgres://…` or `mysql://…`. */
export function optionsOn(url: string) {
  return {
    baseURL: "http://localhost:3000",
    secret: "a-secret-for-tests-only-0123456789abcdef",
    database: open(url),
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    plugins: [jwt(), countersign({ pollInterval: 5 })],
  };
}

export function authOn(url: string) {
  const options: BetterAuthOptions = optionsOn(url);
  return betterAuth(options);
}

function open(url: string) {
  // Whoever has to wait for another process waits.
  if (url.startsWith("sqlite:")) return new Database(url.slice("sqlite:".length), { timeout: 120_000 });
  if (url.startsWith("mysql:")) return mysql.createPool({ uri: url, timezone: "Z" });
  return new pg.Pool({ connectionString: url });
}
