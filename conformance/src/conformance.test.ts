import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { arrangements } from "../arrangements/index.ts";
import deliberate from "../differences.json" with { type: "json" };
import unordered from "../unordered.json" with { type: "json" };
import { type Deliberate, differences } from "./compare.ts";
import { Compatibility } from "./compatibility.ts";
import { observe } from "./observe.ts";
import { type Scenario, summary } from "./scenario.ts";
import type { Pair } from "./servers.ts";

const pairs = inject("pairs");
const run = inject("run");
/** A server does not differ from itself, whatever is meant to differ elsewhere. */
const meant: Deliberate[] = inject("withItself") ? [] : deliberate;

const PAGE = join(import.meta.dirname, "../../docs/compatibility.md");
const compatibility = new Compatibility();

/** Better Auth's own columns hold 255 characters there. */
const TOO_LONG_FOR_MYSQL = ["t184 addresses that are too long"];
const server = process.env.DATABASE_SERVER;
/** Servers give lists that nobody ordered in an order of their own, such as that of random ids. */
const skipped: string[] = server ? [...unordered, ...(server.startsWith("mysql:") ? TOO_LONG_FOR_MYSQL : [])] : [];

function compare(all: Scenario[], { reference, subject }: Pair) {
  const list = all.filter(({ id }) => !skipped.includes(id));
  test.each(list.map((scenario, index) => [scenario.id, scenario, `${run}-${index}`] as const))(
    "%s",
    async (id, scenario, unique) => {
      const one = await observe(reference, scenario, unique);
      const other = await observe(subject, scenario, unique);
      expect(summary(one), "what the reference answers").toEqual(scenario.expected);
      compatibility.add(id, one);
      const found = differences(one, other);
      const allowed = meant.filter(({ scenarios }) => scenarios.includes(id)).flatMap(({ parts }) => parts);
      const unmeant = found.filter(({ part }) => !allowed.includes(part));
      expect(unmeant, "differences from Better Auth").toEqual([]);
      const unused = allowed.filter((part) => !found.some((difference) => difference.part === part));
      expect(unused, "differences.json names what is no difference").toEqual([]);
    },
  );
}

describe.each(arrangements)("seen alike on Better Auth and on Countersign, $name", ({ name, scenarios }) => {
  const pair = pairs[name];
  if (!pair) throw new Error(`no servers were started for "${name}"`);
  compare(scenarios, pair);
});

test("scenarios have names of their own, and lists of them name no other", () => {
  const ids = arrangements.flatMap(({ scenarios }) => scenarios).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const named = deliberate.flatMap(({ scenarios }) => scenarios);
  expect([...named, ...unordered].filter((id) => !ids.includes(id))).toEqual([]);
});

test.skipIf(skipped.length > 0)("docs/compatibility.md says what was compared; UPDATE_COMPATIBILITY=1 writes it", () => {
  const all = new Set(arrangements.flatMap(({ scenarios }) => scenarios).map(({ id }) => id));
  expect(compatibility.count, "some scenarios did not run to their end").toBe(all.size);
  if (process.env.UPDATE_COMPATIBILITY) writeFileSync(PAGE, compatibility.page());
  expect(readFileSync(PAGE, "utf8")).toBe(compatibility.page());
});
