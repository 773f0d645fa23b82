import { countersign, minimalClaims } from "@countersign/better-auth";
import { betterAuth, type BetterAuthOptions } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { genericOAuth, jwt } from "better-auth/plugins";
import Database from "better-sqlite3";
import { outbox } from "@/lib/outbox";
import { betterAuthSettings, outboxFolder, socialRegistrations } from "@/lib/settings";

/** Better Auth inside this app: the topology that most teams start from. Services hear from it what it ended. */
function options() {
  const { secret, baseURL, databaseFile } = betterAuthSettings();
  const folder = outboxFolder();
  const { known, others } = social();
  return {
    secret,
    baseURL,
    database: new Database(databaseFile),
    emailAndPassword: {
      enabled: true,
      ...(folder && { sendResetPassword: outbox(folder, "reset-password") }),
    },
    ...(folder && { emailVerification: { sendVerificationEmail: outbox(folder, "verify-email") } }),
    user: { changeEmail: { enabled: true }, deleteUser: { enabled: true } },
    rateLimit: { enabled: process.env.COUNTERSIGN_RATE_LIMIT__ENABLED !== "false" },
    telemetry: { enabled: false },
    socialProviders: known,
    plugins: [
      jwt({ jwt: { definePayload: minimalClaims } }),
      genericOAuth({ config: others }),
      countersign(),
    ],
  } satisfies BetterAuthOptions;
}

/** Providers that Better Auth knows by name, and others, which describe themselves. */
function social() {
  const known: Record<string, { clientId: string; clientSecret: string }> = {};
  const others = [];
  for (const { providerId, clientId, clientSecret, discoveryUrl } of socialRegistrations()) {
    const scopes = ["openid", "profile", "email"];
    if (discoveryUrl) others.push({ providerId, clientId, clientSecret, discoveryUrl, scopes });
    else known[providerId] = { clientId, clientSecret };
  }
  return { known, others };
}

let handler: Promise<(request: Request) => Promise<Response>> | undefined;

/** Starts it once: its tables are made when they are missing. */
export function betterAuthHandler() {
  handler ??= start();
  return handler;
}

async function start() {
  const settings = options();
  const { runMigrations } = await getMigrations(settings);
  await runMigrations();
  return betterAuth(settings).handler;
}
