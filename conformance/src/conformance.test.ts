import { describe, expect, inject, test } from "vitest";
import deliberate from "../differences.json" with { type: "json" };
import { scenarios, withLimits } from "../scenarios/index.ts";
import { type Deliberate, differences } from "./compare.ts";
import { type Scenario, summary } from "./scenario.ts";
import { Side } from "./side.ts";

const servers = inject("servers");
const run = inject("run");
const meant: Deliberate[] = deliberate;

async function observe(base: string, scenario: Scenario, index: number) {
  const side = new Side(base, `${run}-${index}`, Date.now());
  await scenario.run(side);
  return side.observed;
}

function compare(list: Scenario[], reference: string, subject: string) {
  test.each(list.map((scenario, index) => [scenario.id, scenario, index] as const))(
    "%s",
    async (id, scenario, index) => {
      const [one, other] = [
        await observe(reference, scenario, index),
        await observe(subject, scenario, index),
      ];
      expect(summary(one), "what the reference answers").toEqual(scenario.expected);
      const found = differences(one, other);
      const allowed = meant.filter((difference) => difference.scenario === id);
      const unmeant = found.filter(({ part }) => !allowed.some((entry) => entry.part === part));
      expect(unmeant, "differences from Better Auth").toEqual([]);
      const unused = allowed.filter((entry) => !found.some(({ part }) => part === entry.part));
      expect(unused, "differences.json names what is no difference").toEqual([]);
    },
  );
}

describe("every scenario is seen alike on Better Auth and on Countersign", () => {
  compare(scenarios, servers.reference, servers.subject);
});

describe("with rate limits", () => {
  compare(withLimits, servers.limitedReference, servers.limitedSubject);
});

test("scenarios have names of their own, and deliberate differences name a scenario", () => {
  const ids = [...scenarios, ...withLimits].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(meant.filter(({ scenario }) => !ids.includes(scenario))).toEqual([]);
});
