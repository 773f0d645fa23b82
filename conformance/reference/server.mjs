// The real Better Auth on Node: what ours is compared with.
//
// PORT, BETTER_AUTH_URL, BETTER_AUTH_SECRET   where it is and what it signs with
// DATABASE_URL                                sqlite:FILE, postgres://… or mysql://…
// JWT_ALG                                     EdDSA (default), ES256, RS256 …
// RATE_LIMIT                                  true or false (default)
// COOKIE_CACHE                                compact, jwt or jwe: writes session_data
// GENERATE_ID                                 serial or uuid: what ids are, else texts
// ARRANGEMENT                                 a file of arrangements/: further options
// OUTBOX                                      a folder for what an arrangement would mail
// BETTER_AUTH_TRUSTED_ORIGINS                 further origins, comma-separated
//
// It makes its tables when they are missing, says `ready` and stops on SIGTERM.

import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { jwt } from "better-auth/plugins";
import Database from "better-sqlite3";
import mysql from "mysql2/promise";
import pg from "pg";

const { PORT, BETTER_AUTH_URL, BETTER_AUTH_SECRET, DATABASE_URL, JWT_ALG, RATE_LIMIT, COOKIE_CACHE } = process.env;
const { GENERATE_ID, ARRANGEMENT } = process.env;

for (const [name, value] of Object.entries({ PORT, BETTER_AUTH_URL, BETTER_AUTH_SECRET, DATABASE_URL })) {
  if (!value) {
    console.error(`reference server: ${name} is not set`);
    process.exit(1);
  }
}

function open(url) {
  if (url.startsWith("sqlite:")) return new Database(url.slice("sqlite:".length));
  if (url.startsWith("mysql:")) return mysql.createPool({ uri: url, timezone: "Z" });
  return new pg.Pool({ connectionString: url });
}

const database = open(DATABASE_URL);

const usual = {
  baseURL: BETTER_AUTH_URL,
  secret: BETTER_AUTH_SECRET,
  database,
  emailAndPassword: { enabled: true },
  session: COOKIE_CACHE ? { cookieCache: { enabled: true, strategy: COOKIE_CACHE } } : {},
  rateLimit: { enabled: RATE_LIMIT === "true" },
  advanced: GENERATE_ID ? { database: { generateId: GENERATE_ID } } : {},
  logger: { level: "error" },
  telemetry: { enabled: false },
  plugins: [jwt({ jwks: { keyPairConfig: { alg: JWT_ALG || "EdDSA" } } })],
};

const arrange = ARRANGEMENT ? (await import(`./arrangements/${ARRANGEMENT}.mjs`)).default : (options) => options;
const options = arrange(usual, process.env);

const { runMigrations } = await getMigrations(options);
await runMigrations();

const server = createServer(toNodeHandler(betterAuth(options)));
server.listen(Number(PORT), "127.0.0.1", () => console.log(`ready on ${BETTER_AUTH_URL}`));

process.on("SIGTERM", () => {
  server.closeAllConnections();
  server.close(() => process.exit(0));
});
