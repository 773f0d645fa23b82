/**
 * Passwords hashed by Better Auth on Node and verified by us, and hashed by us and verified by
 * Better Auth. 200 of them; PASSWORDS=1000 for all.
 */
import { hashPassword, verifyPassword } from "better-auth/crypto";
import { expect, inject, test } from "vitest";
import { openDatabase } from "../src/database.ts";
import { exchange } from "../src/exchange.ts";
import { startCountersign } from "../src/servers.ts";
import { Passwords } from "./drawn.ts";

const COUNT = Number(process.env.PASSWORDS ?? 200);
const SEED = 4;
/** As many as Node's and our threads have to do at once. */
const AT_ONCE = 4;

const folder = inject("folder");

test(`${COUNT} passwords are the same to Better Auth and to us`, { timeout: COUNT * 2_000 }, async () => {
  const drawn = new Passwords(SEED);
  const passwords = Array.from({ length: COUNT }, () => drawn.next());
  const server = await startCountersign(folder, {});
  const database = openDatabase(server.database);
  const stored = database.prepare(`SELECT "password" FROM "account" WHERE "userId" = ?`);
  const store = database.prepare(`UPDATE "account" SET "password" = :hash WHERE "userId" = :user`);
  const post = (path: string, body: unknown) => {
    const headers = { "content-type": "application/json", origin: server.url };
    return exchange(server.url, { method: "POST", path: `/api/auth${path}`, headers, body: JSON.stringify(body) });
  };

  async function compare(password: string, number: number) {
    const who = { email: `user${number}@example.com`, password };
    const signedUp = await post("/sign-up/email", { name: "Ann", ...who });
    expect(signedUp.status, signedUp.body).toBe(200);
    const { user } = JSON.parse(signedUp.body) as { user: { id: string } };
    const ours = stored.get(user.id) as { password: string };
    expect(await verifyPassword({ hash: ours.password, password }), JSON.stringify(password)).toBe(true);
    store.run({ hash: await hashPassword(password), user: user.id });
    expect((await post("/sign-in/email", who)).status, JSON.stringify(password)).toBe(200);
  }

  const numbered = passwords.entries();
  async function work() {
    for (const [number, password] of numbered) await compare(password, number);
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  database.close();
});
