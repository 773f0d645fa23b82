/**
 * Starts the servers that are compared, on databases of their own (database.ts): the reference and, unless
 * SUBJECT=reference, `countersign serve` (COUNTERSIGN_BIN). One pair for each arrangement.
 */
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type Arrangement, arrangements, type Tokens } from "../arrangements/index.ts";
import { newDatabase } from "./database.ts";
import { freePort, makeRunFolder, removeRunFolder, start } from "./processes.ts";
import { startRedis } from "./redis.ts";

export interface Server {
  /** Where it listens. */
  url: string;
  /** What it believes its address is. */
  origin: string;
  /** The address of its database. */
  database: string;
  /** Its Redis, when its arrangement says so; empty otherwise. */
  redis: string;
  /** Where it would put its mail, when its arrangement says so. */
  outbox: string;
  tokens?: Tokens | undefined;
  /** The address of the identity providers, where its arrangement starts them. */
  identityProvider: string;
}

export interface Pair {
  reference: Server;
  subject: Server;
}

/** By the name of the arrangement. */
export type Pairs = Record<string, Pair>;

declare module "vitest" {
  export interface ProvidedContext {
    pairs: Pairs;
    run: string;
    folder: string;
    /** Better Auth is compared with itself: nothing at all may differ. */
    withItself: boolean;
  }
}

export const SECRET = "a-secret-for-tests-only-0123456789abcdef";

const HERE = join(import.meta.dirname, "..");
const COUNTERSIGN = process.env.COUNTERSIGN_BIN ?? join(HERE, "../target/debug/countersign");

interface Options extends Omit<Arrangement, "name" | "scenarios"> {
  identityProviderUrl?: string;
}

export default async function setup(project: TestProject) {
  const folder = makeRunFolder();
  const withItself = process.env.SUBJECT === "reference";
  const startSubject = withItself ? startReference : startCountersignAsBetterAuth;
  async function pair(arrangement: Options): Promise<Pair> {
    const identityProviderUrl = arrangement.identityProvider ? await startIdentityProvider(folder) : "";
    const options = { ...arrangement, identityProviderUrl };
    return { reference: await startReference(folder, options), subject: await startSubject(folder, options) };
  }
  try {
    project.provide("folder", folder);
    project.provide("run", Date.now().toString(36));
    project.provide("withItself", withItself);
    const pairs: Pairs = {};
    for (const arrangement of arrangements) pairs[arrangement.name] = await pair(arrangement);
    project.provide("pairs", pairs);
  } catch (error) {
    await removeRunFolder(folder);
    throw error;
  }
  return () => removeRunFolder(folder);
}

/** Starts the identity providers that both servers of a pair ask. */
export async function startIdentityProvider(folder: string): Promise<string> {
  const port = await freePort();
  await start(folder, "node", [join(HERE, "reference/identity-provider.mjs")], "ready", { PORT: String(port) });
  return `http://127.0.0.1:${port}`;
}

export async function startReference(folder: string, options: Options): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const origin = options.origin ?? url;
  const database = newDatabase(folder, `reference_${port}`);
  const outbox = join(folder, `reference-${port}.outbox`);
  const identityProvider = options.identityProviderUrl ?? "";
  const redis = options.redis ? await startRedis(folder) : "";
  await start(folder, "node", [join(HERE, "reference/server.mjs")], "ready", {
    PORT: String(port),
    NODE_ENV: "development",
    BETTER_AUTH_URL: origin,
    BETTER_AUTH_SECRET: SECRET,
    BETTER_AUTH_TELEMETRY: "0",
    BETTER_AUTH_TRUSTED_ORIGINS: options.trusted?.join(",") ?? "",
    RATE_LIMIT: String(options.limited ?? false),
    DATABASE_URL: database,
    REDIS_URL: redis,
    ARRANGEMENT: options.reference ?? "",
    OUTBOX: outbox,
    IDENTITY_PROVIDER: identityProvider,
    SOCIAL: options.identityProvider ?? "",
  });
  return { url, origin, database, redis, outbox, identityProvider, tokens: options.tokens };
}

function startCountersignAsBetterAuth(folder: string, options: Options): Promise<Server> {
  const settings = { COUNTERSIGN_SERVER__DEVELOPMENT: "true", COUNTERSIGN_TOKEN__CLAIMS: "user" };
  return startCountersign(folder, settings, options);
}

/** Starts `countersign serve` with these settings. */
export async function startCountersign(
  folder: string,
  settings: Record<string, string>,
  options: Options = {},
): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const origin = options.origin ?? url;
  const database = newDatabase(folder, `subject_${port}`);
  const outbox = join(folder, `subject-${port}.outbox`);
  const identityProvider = options.identityProviderUrl ?? "";
  const redis = options.redis ? await startRedis(folder) : "";
  await start(folder, COUNTERSIGN, ["serve", "--listen", `127.0.0.1:${port}`], "countersign serves", {
    BETTER_AUTH_URL: origin,
    BETTER_AUTH_SECRET: SECRET,
    DATABASE_URL: database,
    BETTER_AUTH_TRUSTED_ORIGINS: options.trusted?.join(",") ?? "",
    COUNTERSIGN_RATE_LIMIT__ENABLED: String(options.limited ?? false),
    NO_COLOR: "1",
    REDIS_URL: redis,
    ...settings,
    ...options.settings?.({ outbox, identityProvider }),
  });
  return { url, origin, database, redis, outbox, identityProvider, tokens: options.tokens };
}
