/** A Redis of its own, which keeps nothing and ends with the run. */
import { freePort, start } from "./processes.ts";

export async function startRedis(folder: string): Promise<string> {
  const port = await freePort();
  const args = ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--appendonly", "no", "--dir", folder];
  await start(folder, "redis-server", args, "Ready to accept connections", {});
  return `redis://127.0.0.1:${port}`;
}
