import { expect, test } from "vitest";
import { beforeSignOut, finishBeforeSignOut } from "../lib/before-sign-out";
import { inTurn } from "../lib/in-turn";
import { promised } from "./server";

test("two wishes for one task do not overtake each other, and other tasks do not wait", async () => {
  const next = inTurn();
  const done: string[] = [];
  const slow = promised();
  const first = next("a", async () => {
    await slow.kept;
    done.push("a1");
  });
  const second = next("a", async () => void done.push("a2"));
  await next("b", async () => void done.push("b1"));
  slow.keep();
  await Promise.all([first, second]);
  expect(done).toEqual(["b1", "a1", "a2"]);
});

test("a wish that failed does not hold up the next", async () => {
  const next = inTurn();
  const failed = next("a", () => Promise.reject(new Error("no")));
  const fine = next("a", () => Promise.resolve("yes"));
  await expect(failed).rejects.toThrow("no");
  expect(await fine).toBe("yes");
});

test("what is to be done with the session is done before it ends, whatever fails", async () => {
  const done: string[] = [];
  const takeBack = beforeSignOut(async () => void done.push("taken back"));
  beforeSignOut(() => Promise.reject(new Error("no")));
  beforeSignOut(async () => void done.push("let go"));
  takeBack();
  await finishBeforeSignOut();
  expect(done).toEqual(["let go"]);
});
