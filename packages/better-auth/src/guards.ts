/** Guards that said who they are, and how far each has followed. */
import type { DBAdapter } from "@better-auth/core/db/adapter";
import { generateId } from "better-auth";
import { APIError } from "better-auth/api";
import type { Question } from "./question.ts";

/** For how many milliseconds a guard that says nothing is waited for, and for how many its row stays. */
const REMEMBERED = 60_000;
const KEPT = 24 * 60 * 60 * 1000;

type GuardRow = { id: string; name: string; epoch: string; sequence: number; seenAt: Date };

/** Where an entry stands. */
export type Place = { epoch: string; sequence: number };

/** Who has taken an entry in, and who has not. */
export type Confirmation = { confirmed: string[]; missing: string[] };

/** A registered guard asks; it is in the table before it is answered. */
export async function hear(adapter: DBAdapter, resourceServer: string, question: Question): Promise<void> {
  if (question.guard === undefined) return;
  const name = `${resourceServer}/${question.guard}`;
  const { epoch, after } = question.followed ?? { epoch: "", after: 0 };
  const said = { name, epoch, sequence: after, kids: question.kids ?? null, seenAt: new Date() };
  const where = [{ field: "name", value: name }];
  const find = () => adapter.findOne<GuardRow>({ model: "revocationGuard", where });
  const there = await find();
  if (there) {
    if (there.name !== name && isRemembered(there)) throw taken(there.name);
    await adapter.updateMany({ model: "revocationGuard", where, update: said });
    return;
  }
  const data = { id: generateId(32), resourceServer, ...said };
  try {
    await adapter.create({ model: "revocationGuard", data, forceAllowId: true });
  } catch (error) {
    // It asked twice at once.
    const other = await find();
    if (!other) throw error;
    if (other.name !== name) throw taken(other.name);
  }
}

/** Which guards that were heard of lately have come to this place. */
export async function confirmation(adapter: DBAdapter, place: Place): Promise<Confirmation> {
  const where = [{ field: "seenAt", operator: "gte" as const, value: since() }];
  const sortBy = { field: "name", direction: "asc" as const };
  const guards = await adapter.findMany<GuardRow>({ model: "revocationGuard", where, sortBy, limit: 10_000 });
  const hasIt = ({ epoch, sequence }: GuardRow) => epoch === place.epoch && Number(sequence) >= place.sequence;
  const names = (some: GuardRow[]) => some.map(({ name }) => name);
  return { confirmed: names(guards.filter(hasIt)), missing: names(guards.filter((guard) => !hasIt(guard))) };
}

function isRemembered({ seenAt }: GuardRow): boolean {
  return new Date(seenAt) >= since();
}

function since(): Date {
  return new Date(Date.now() - REMEMBERED);
}

/** MySQL takes names for one that differ in capitals only: two guards of one row would each confirm what the other has. */
function taken(other: string): APIError {
  const message = `[query.guard] This database takes the name for ${other}, a guard that asked just now; rename one of them`;
  return new APIError("BAD_REQUEST", { code: "VALIDATION_ERROR", message });
}

/** Forgets guards that were not heard of for a day. */
export async function forgetGuards(adapter: DBAdapter): Promise<void> {
  const before = new Date(Date.now() - KEPT);
  await adapter.deleteMany({ model: "revocationGuard", where: [{ field: "seenAt", operator: "lt", value: before }] });
}
