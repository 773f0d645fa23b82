/**
 * Where the two servers are. `cargo xtask test` starts them and names them; run by itself, this
 * starts the reference and, unless SUBJECT=reference, `countersign serve` (COUNTERSIGN_BIN), each
 * twice: without and with rate limits.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

export interface Servers {
  reference: string;
  subject: string;
  limitedReference: string;
  limitedSubject: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    servers: Servers;
    run: string;
  }
}

export const SECRET = "a-secret-for-tests-only-0123456789abcdef";
const HERE = join(import.meta.dirname, "..");
const COUNTERSIGN = process.env.COUNTERSIGN_BIN ?? join(HERE, "../target/debug/countersign");

const started: ChildProcess[] = [];
const folder = mkdtempSync(join(tmpdir(), "conformance-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

export default async function setup(project: TestProject) {
  const { REFERENCE_URL, SUBJECT_URL, REFERENCE_LIMITED_URL, SUBJECT_LIMITED_URL } = process.env;
  const subject = process.env.SUBJECT === "reference" ? startReference : startSubject;
  project.provide("run", Date.now().toString(36));
  project.provide("servers", {
    reference: REFERENCE_URL ?? (await startReference(false)),
    subject: SUBJECT_URL ?? (await subject(false)),
    limitedReference: REFERENCE_LIMITED_URL ?? (await startReference(true)),
    limitedSubject: SUBJECT_LIMITED_URL ?? (await subject(true)),
  });
  return stopAll;
}

async function startReference(limited: boolean): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await start("node", [join(HERE, "reference/server.mjs")], "ready", {
    PORT: String(port),
    NODE_ENV: "development",
    BETTER_AUTH_URL: url,
    RATE_LIMIT: String(limited),
    DATABASE_URL: `sqlite:${join(folder, `reference-${port}.db`)}`,
  });
  return url;
}

async function startSubject(limited: boolean): Promise<string> {
  return startCountersign({
    COUNTERSIGN_SERVER__DEVELOPMENT: "true",
    COUNTERSIGN_TOKEN__CLAIMS: "user",
    COUNTERSIGN_RATE_LIMIT__ENABLED: String(limited),
  });
}

/** Starts `countersign serve` with these settings; its address. */
export async function startCountersign(settings: Record<string, string>): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await start(COUNTERSIGN, ["serve", "--listen", `127.0.0.1:${port}`], "countersign serves", {
    BETTER_AUTH_URL: url,
    DATABASE_URL: `sqlite:${join(folder, `subject-${port}.db`)}`,
    NO_COLOR: "1",
    ...settings,
  });
  return url;
}

/** Stops what was started in this process. */
export function stopAll(): void {
  for (const child of started.splice(0)) child.kill("SIGTERM");
}

function start(command: string, args: string[], ready: string, env: Record<string, string>) {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, BETTER_AUTH_SECRET: SECRET, BETTER_AUTH_TELEMETRY: "0", ...env },
  });
  started.push(child);
  return new Promise<void>((resolve, reject) => {
    let said = "";
    function listen(chunk: Buffer) {
      said += chunk.toString();
      if (said.includes(ready)) resolve();
    }
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`${command} ended:\n${said}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
