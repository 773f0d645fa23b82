/**
 * Processes and the folder of one run. Whoever starts a process leaves a note with its number in
 * the folder, so that the run's end, however it comes, stops them all and takes the folder away.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NOTE = ".pid";
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** A folder that goes when the run ends or is interrupted. */
export function makeRunFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "conformance-"));
  process.on("exit", () => clear(folder));
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => process.exit(code));
  }
  return folder;
}

/** Asks what still runs to stop, waits for it, and removes the folder. */
export async function removeRunFolder(folder: string): Promise<void> {
  const running = noted(folder);
  running.forEach((pid) => kill(pid, "SIGTERM"));
  const patience = Date.now() + 5_000;
  while (running.some((pid) => kill(pid, 0)) && Date.now() < patience) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  clear(folder);
}

function clear(folder: string): void {
  noted(folder).forEach((pid) => kill(pid, "SIGKILL"));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

function noted(folder: string): number[] {
  try {
    const notes = readdirSync(folder).filter((name) => name.endsWith(NOTE));
    return notes.map((name) => Number(name.slice(0, -NOTE.length)));
  } catch {
    return [];
  }
}

function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Starts a program and waits until it says that it is ready. */
export function start(
  folder: string,
  command: string,
  args: string[],
  ready: string,
  env: Record<string, string>,
): Promise<void> {
  const child = spawn(command, args, { env: { PATH: process.env.PATH, ...env } });
  const note = join(folder, `${child.pid}${NOTE}`);
  if (child.pid) writeFileSync(note, "");
  return new Promise((resolve, reject) => {
    let said = "";
    function listen(chunk: Buffer) {
      said += chunk.toString();
      if (said.includes(ready)) resolve();
    }
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("error", reject);
    child.on("exit", () => {
      rmSync(note, { force: true });
      reject(new Error(`${command} ended:\n${said}`));
    });
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
