/**
 * What is new: looked for in the database by one at a time, waited for by many. A question is answered from a look that
 * began after it came, so what was committed before a question is in its answer. Nobody looks while nobody asks.
 */
import type { DBAdapter } from "@better-auth/core/db/adapter";
import { type Confirmation, confirmation, forgetGuards, type Place } from "./guards.ts";
import type { Kind } from "./hash.ts";
import { emptyInbox, type Head, readHead } from "./numbering.ts";
import type { Question } from "./question.ts";
import { Settled } from "./settled.ts";

/** The most entries of one answer. */
const PAGE = 10_000;

/** Entries of one batch that are forgotten, and milliseconds between two batches when there were few. */
const FORGOTTEN_AT_ONCE = 500;
const FORGET_EVERY = 60_000;

/** `[kind, hash, until]`, or `["u", hash, until, before]`. */
export type Entry = [Kind, string, number] | [Kind, string, number, number];

/** Some entries in a row. */
export type Page = { epoch: string; key: string; from: number; to: number; more: boolean; entries: Entry[] };

type EntryRow = { id: string; sequence: number; kind: Kind; hash: string; until: number; before?: number | null };

/** What a look found; its pages are read once, for all that come for them. */
export type Look = Head & { pages: Map<number, Promise<Page>> };

/** How the feed looks. */
export type Looks = {
  /** Milliseconds between two looks while somebody waits. */
  pollInterval: number;
  /** Until when an entry that is written at that second can refuse something. */
  until: (second: number) => number;
  /** Is told why what is over was not forgotten. */
  warn: (error: unknown) => void;
};

/** The sequence, and whoever waits for it to go on. */
export class Feed {
  readonly #adapter: DBAdapter;
  readonly #looks: Looks;
  readonly #settled = new Settled();
  #running: Promise<unknown> = Promise.resolve();
  #queued: Promise<Look> | undefined;
  #pause: Promise<void> | undefined;
  #forgot = Number.NEGATIVE_INFINITY;

  constructor(adapter: DBAdapter, looks: Looks) {
    this.#adapter = adapter;
    this.#looks = looks;
  }

  /** What comes next for who asks: when there is something, or when the question has waited long enough. */
  async next({ followed, wait }: Pick<Question, "followed" | "wait">): Promise<{ look: Look; page: Page }> {
    const end = performance.now() + wait * 1000;
    let look = await this.look();
    while (followed?.epoch === look.epoch && followed.after === look.sequence && performance.now() < end) {
      await this.#nextPause();
      look = await this.look();
    }
    const isOfThis = followed?.epoch === look.epoch && followed.after <= look.sequence;
    return { look, page: await this.#page(look, isOfThis ? followed.after : 0) };
  }

  #page(look: Look, from: number): Promise<Page> {
    const { epoch, key, sequence: to } = look;
    if (from === to) return Promise.resolve({ epoch, key, from, to, more: false, entries: [] });
    const page = look.pages.get(from) ?? this.#read(look, from);
    look.pages.set(from, page);
    return page;
  }

  async #read(head: Head, from: number): Promise<Page> {
    const rows = await this.#adapter.findMany<EntryRow>({
      model: "revocation",
      where: [
        { field: "sequence", operator: "gt", value: from },
        { field: "sequence", operator: "lte", value: head.sequence },
        { field: "until", operator: "gte", value: this.#over() },
      ],
      sortBy: { field: "sequence", direction: "asc" },
      limit: PAGE + 1,
    });
    const more = rows.length > PAGE;
    const entries = rows.slice(0, PAGE);
    const to = more ? Number(entries.at(-1)?.sequence) : head.sequence;
    return { epoch: head.epoch, key: head.key, from, to, more, entries: entries.map(entryOf) };
  }

  /** Where all registered guards have come to this place, or not within so many seconds. */
  async confirmed(place: Place, seconds: number): Promise<Confirmation> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const all = await confirmation(this.#adapter, place);
      if (all.missing.length === 0 || performance.now() >= end) return all;
      await this.#nextPause();
    }
  }

  /** The head, with all that was committed before; a look that has not begun yet is shared by all that come. */
  look(): Promise<Look> {
    this.#queued ??= this.#running.then(() => {
      this.#queued = undefined;
      const look = this.#takeIn();
      this.#running = look.catch(() => undefined);
      return look;
    });
    return this.#queued;
  }

  async #takeIn(): Promise<Look> {
    await emptyInbox(this.#adapter, () => this.#looks.until(Math.floor(Date.now() / 1000)));
    const head = await readHead(this.#adapter);
    await this.#forget().catch(this.#looks.warn);
    return { ...head, pages: new Map() };
  }

  /** All that wait pause together, and look together. */
  #nextPause(): Promise<void> {
    this.#pause ??= new Promise((done) => {
      setTimeout(() => {
        this.#pause = undefined;
        done();
      }, this.#looks.pollInterval);
    });
    return this.#pause;
  }

  /** Forgets what is over, a batch at a time. That it fails is no reason for an answer to fail. */
  async #forget(): Promise<void> {
    if (performance.now() - this.#forgot < FORGET_EVERY) return;
    await forgetGuards(this.#adapter);
    const where = [{ field: "until", operator: "lt" as const, value: this.#over() }];
    const rows = await this.#adapter.findMany<EntryRow>({ model: "revocation", where, limit: FORGOTTEN_AT_ONCE });
    if (rows.length < FORGOTTEN_AT_ONCE) this.#forgot = performance.now();
    if (rows.length === 0) return;
    const value = rows.map(({ id }) => id);
    await this.#adapter.deleteMany({ model: "revocation", where: [{ field: "id", operator: "in", value }] });
  }

  #over(): number {
    return this.#settled.overBefore(Date.now() / 1000, performance.now() / 1000);
  }
}

function entryOf({ kind, hash, until, before }: EntryRow): Entry {
  return kind === "u" ? [kind, hash, Number(until), Number(before)] : [kind, hash, Number(until)];
}
