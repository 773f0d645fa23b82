/**
 * The settings of this server, read when they are first needed: one build serves every setting.
 *
 * | Variable | Meaning | Default |
 * |---|---|---|
 * | AUTH_SERVER | `countersign`: forward to one; `better-auth`: run Better Auth in here | countersign |
 * | AUTH_SERVER_URL | where `countersign serve` listens | http://127.0.0.1:4000 |
 * | TASKS_API_URL | where `tasks-api` listens | http://127.0.0.1:8000 |
 * | TRUST_FORWARDED_FOR | `true` when a proxy in front writes X-Forwarded-For | false |
 * | SOCIAL_PROVIDERS | identity providers that the auth server has, as `google,github` | none |
 * | COUNTERSIGN_SOCIAL__ID__CLIENT_ID, …CLIENT_SECRET, …DISCOVERY_URL | for Better Auth in here: one of them | |
 * | COUNTERSIGN_MAIL | `outbox:FOLDER` for the mails of Better Auth in here | no mails |
 * | BETTER_AUTH_SECRET, BETTER_AUTH_URL, DATABASE_URL | for Better Auth, when it runs in here | |
 */
export type AuthServer = "countersign" | "better-auth";

export class SettingsError extends Error {}

export function authServer(): AuthServer {
  const value = process.env.AUTH_SERVER ?? "countersign";
  if (value === "countersign" || value === "better-auth") return value;
  throw new SettingsError(`AUTH_SERVER is "${value}"; it has to be countersign or better-auth`);
}

export function authServerUrl(): URL {
  return url("AUTH_SERVER_URL", "http://127.0.0.1:4000");
}

export function tasksApiUrl(): URL {
  return url("TASKS_API_URL", "http://127.0.0.1:8000");
}

export function trustsForwardedFor(): boolean {
  return process.env.TRUST_FORWARDED_FOR === "true";
}

/** The ids of the identity providers. */
export function socialProviders(): string[] {
  const ids = (process.env.SOCIAL_PROVIDERS ?? "").split(",").map((id) => id.trim());
  return ids.filter(Boolean);
}

export interface SocialRegistration {
  providerId: string;
  clientId: string;
  clientSecret: string;
  /** Missing for providers that Better Auth knows. */
  discoveryUrl: string | undefined;
}

/** What Better Auth in here is registered with, by the names that `countersign serve` reads. */
export function socialRegistrations(): SocialRegistration[] {
  return socialProviders().map((providerId) => {
    const variable = (name: string) => `COUNTERSIGN_SOCIAL__${providerId.toUpperCase()}__${name}`;
    const hint = `the identity provider gave it when it learnt of this app`;
    return {
      providerId,
      clientId: required(variable("CLIENT_ID"), hint),
      clientSecret: required(variable("CLIENT_SECRET"), hint),
      discoveryUrl: process.env[variable("DISCOVERY_URL")],
    };
  });
}

/** The folder of the development outbox; `undefined` when no mail is sent. */
export function outboxFolder(): string | undefined {
  const value = process.env.COUNTERSIGN_MAIL;
  if (!value) return undefined;
  if (value.startsWith("outbox:")) return value.slice("outbox:".length);
  throw new SettingsError("COUNTERSIGN_MAIL has to be outbox:FOLDER for Better Auth in this app");
}

export interface BetterAuthSettings {
  secret: string;
  baseURL: string;
  databaseFile: string;
}

export function betterAuthSettings(): BetterAuthSettings {
  const secret = required("BETTER_AUTH_SECRET", "make one with `countersign secret generate`");
  if (secret.length < 32) {
    throw new SettingsError("BETTER_AUTH_SECRET is shorter than 32 characters");
  }
  const database = required("DATABASE_URL", "for example sqlite:countersign.db");
  if (!database.startsWith("sqlite:")) {
    throw new SettingsError("DATABASE_URL has to be sqlite:FILE for Better Auth in this app");
  }
  const baseURL = required("BETTER_AUTH_URL", "for example http://localhost:3000");
  return { secret, baseURL, databaseFile: database.slice("sqlite:".length) };
}

function required(name: string, hint: string): string {
  const value = process.env[name];
  if (!value) throw new SettingsError(`${name} is not set; ${hint}`);
  return value;
}

function url(name: string, fallback: string): URL {
  const value = process.env[name] ?? fallback;
  try {
    return new URL(value);
  } catch {
    throw new SettingsError(`${name} is "${value}"; it has to be a URL such as ${fallback}`);
  }
}
