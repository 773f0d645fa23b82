// An earlier release of Better Auth on Node: makes a database that is then taken over.
//
// RELEASE                                     which of package.json's
// PORT, BETTER_AUTH_URL, BETTER_AUTH_SECRET   where it is and what it signs with
// DATABASE_URL                                sqlite:FILE or postgres://…
// JWT_ALG                                     EdDSA (default), ES256, RS256 …
//
// It makes its tables when they are missing, says `ready` and stops on SIGTERM.

import { createServer } from "node:http";
import Database from "better-sqlite3";
import pg from "pg";

const { RELEASE, PORT, BETTER_AUTH_URL, BETTER_AUTH_SECRET, DATABASE_URL, JWT_ALG } = process.env;
const release = `better-auth-${RELEASE}`;
const { betterAuth } = await import(release);
const { toNodeHandler } = await import(`${release}/node`);
const { jwt } = await import(`${release}/plugins`);
// It moved in 1.5.
const { getMigrations } = await import(`${release}/db/migration`).catch(() => import(`${release}/db`));

const options = {
  baseURL: BETTER_AUTH_URL,
  secret: BETTER_AUTH_SECRET,
  database: DATABASE_URL.startsWith("sqlite:")
    ? new Database(DATABASE_URL.slice("sqlite:".length))
    : new pg.Pool({ connectionString: DATABASE_URL }),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  logger: { level: "error" },
  telemetry: { enabled: false },
  plugins: [jwt({ jwks: { keyPairConfig: { alg: JWT_ALG || "EdDSA" } } })],
};

const { runMigrations } = await getMigrations(options);
await runMigrations();

const server = createServer(toNodeHandler(betterAuth(options)));
server.listen(Number(PORT), "127.0.0.1", () => console.log(`ready on ${BETTER_AUTH_URL}`));

process.on("SIGTERM", () => {
  server.closeAllConnections();
  server.close(() => process.exit(0));
});
