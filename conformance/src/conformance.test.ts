import { describe, expect, inject, test } from "vitest";
import deliberate from "../differences.json" with { type: "json" };
import { behindHttps, scenarios, withLimits } from "../scenarios/index.ts";
import { type Deliberate, differences } from "./compare.ts";
import { observe } from "./observe.ts";
import { type Scenario, summary } from "./scenario.ts";
import type { Pair } from "./servers.ts";

const pairs = inject("pairs");
const run = inject("run");
/** A server does not differ from itself, whatever is meant to differ elsewhere. */
const meant: Deliberate[] = inject("withItself") ? [] : deliberate;

function compare(list: Scenario[], { reference, subject }: Pair) {
  test.each(list.map((scenario, index) => [scenario.id, scenario, `${run}-${index}`] as const))(
    "%s",
    async (id, scenario, unique) => {
      const one = await observe(reference, scenario, unique);
      const other = await observe(subject, scenario, unique);
      expect(summary(one), "what the reference answers").toEqual(scenario.expected);
      const found = differences(one, other);
      const allowed = meant.filter(({ scenarios }) => scenarios.includes(id)).flatMap(({ parts }) => parts);
      const unmeant = found.filter(({ part }) => !allowed.includes(part));
      expect(unmeant, "differences from Better Auth").toEqual([]);
      const unused = allowed.filter((part) => !found.some((difference) => difference.part === part));
      expect(unused, "differences.json names what is no difference").toEqual([]);
    },
  );
}

describe("every scenario is seen alike on Better Auth and on Countersign", () => {
  compare(scenarios, pairs.plain);
});

describe("with rate limits", () => {
  compare(withLimits, pairs.limited);
});

describe("behind https, with further trusted origins", () => {
  compare(behindHttps, pairs.https);
});

test("scenarios have names of their own, and deliberate differences name a scenario", () => {
  const ids = [...scenarios, ...withLimits, ...behindHttps].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const named = deliberate.flatMap(({ scenarios }) => scenarios);
  expect(named.filter((id) => !ids.includes(id))).toEqual([]);
});
