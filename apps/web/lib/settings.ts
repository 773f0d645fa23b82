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

export interface SocialProvider {
  id: string;
  name: string;
}

/** Providers whose names are not their ids with a capital letter. */
const NAMES: Record<string, string> = { github: "GitHub", gitlab: "GitLab", linkedin: "LinkedIn" };

export function socialProviders(): SocialProvider[] {
  const ids = (process.env.SOCIAL_PROVIDERS ?? "").split(",").map((id) => id.trim());
  return ids.filter(Boolean).map((id) => ({ id, name: NAMES[id] ?? id.charAt(0).toUpperCase() + id.slice(1) }));
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
