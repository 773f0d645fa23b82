// One of several processes of Better Auth on one database. It ends sessions, and meanwhile follows its own feed, until it
// has seen as many entries as all of them write, and looks whether the head is ever ahead of them; then it prints what it
// saw, and what it ended.

import { decodeJwt } from "jose";
import { hashOf, parseKey } from "../../src/hash.ts";
import type { Page } from "../../src/feed.ts";
import { readHead } from "../../src/numbering.ts";
import { authOn } from "./open.ts";

const { DATABASE_URL = "", ROUNDS = "", EXPECTED = "" } = process.env;

const { handler, $context } = authOn(DATABASE_URL);
const { adapter, internalAdapter } = await $context;

async function endSessions(): Promise<string[]> {
  const email = `${crypto.randomUUID()}@example.com`;
  const user = await internalAdapter.createUser({ name: "Ann", email }, { method: "email-password" });
  const ended: string[] = [];
  for (let round = 0; round < Number(ROUNDS); round += 1) {
    const session = await internalAdapter.createSession(user.id);
    await internalAdapter.deleteSession(session.token);
    ended.push(session.id);
  }
  return ended;
}

async function follow(): Promise<{ key: string; hashes: string[] }> {
  const hashes: string[] = [];
  let place = "";
  for (;;) {
    const answer = await handler(new Request(`http://localhost:3000/api/auth/revocations?wait=1${place}`));
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    const { epoch, key, from, to, entries } = decodeJwt<Page>(await answer.text());
    if (from !== hashes.length || to - from !== entries.length) throw new Error(`a gap: ${from} to ${to}`);
    hashes.push(...entries.map(([kind, hash]) => kind + hash));
    if (hashes.length === Number(EXPECTED)) return { key, hashes };
    place = `&epoch=${epoch}&after=${to}`;
  }
}

/** Whoever reads a number in the head can read every entry up to it, at any moment. */
async function compareHead(): Promise<void> {
  for (;;) {
    const { sequence } = await readHead(adapter);
    if (sequence === Number(EXPECTED)) return;
    const where = [{ field: "sequence", operator: "lte" as const, value: sequence }];
    const count = await adapter.count({ model: "revocation", where });
    if (count !== sequence) throw new Error(`the head says ${sequence}, and there are ${count} entries`);
    await new Promise((done) => setTimeout(done, 1));
  }
}

const [ended, { key, hashes }] = await Promise.all([endSessions(), follow(), compareHead()]);
console.log(JSON.stringify({ hashes, ended: ended.map((id) => `s${hashOf(parseKey(key), "s", id)}`) }));
process.exit(0);
