import { describe, expect, test } from "vitest";
import { differences } from "./compare.ts";
import { Normaliser } from "./normalise.ts";
import type { Observed } from "./notebook.ts";

const ANSWER: Observed = {
  request: "POST /api/auth/sign-in/email",
  status: 200,
  statusText: "OK",
  headers: { "content-type": "application/json" },
  setCookie: ["a=1; Path=/; HttpOnly", "b=2; Path=/"],
  body: `{"token":"x","user":{"name":"Ann","id":"1"}}`,
};

describe("a comparison that could not fail would prove nothing", () => {
  test("equal answers have no difference", () => {
    expect(differences([ANSWER], [structuredClone(ANSWER)])).toEqual([]);
  });

  const planted: [string, string, Partial<Observed>][] = [
    ["another status", "0.status", { status: 201 }],
    ["another reason phrase", "0.statusText", { statusText: "Fine" }],
    ["a cookie without HttpOnly", "0.setCookie", { setCookie: ["a=1; Path=/", "b=2; Path=/"] }],
    ["cookies in another order", "0.setCookie", { setCookie: ANSWER.setCookie.toReversed() }],
    ["members in another order", "0.body", { body: `{"token":"x","user":{"id":"1","name":"Ann"}}` }],
    ["another error code", "0.body", { body: `{"message":"no","code":"OTHER"}` }],
    ["a charset", "0.headers.content-type", { headers: { "content-type": "application/json; charset=utf-8" } }],
    ["a missing header", "0.headers.content-type", { headers: {} }],
    ["one more header", "0.headers.location", { headers: { ...ANSWER.headers, location: "/" } }],
  ];
  test.each(planted)("%s is seen", (_, part, change) => {
    const found = differences([ANSWER], [{ ...ANSWER, ...change }]);
    expect(found.map((difference) => difference.part)).toEqual([part]);
  });

  test("what no cache may keep is meant, what a cache may keep is seen", () => {
    const said = (value: string) => ({ ...ANSWER, headers: { ...ANSWER.headers, "cache-control": value } });
    expect(differences([ANSWER], [said("no-store")])).toEqual([]);
    expect(differences([ANSWER], [said("max-age=60")])).not.toEqual([]);
    expect(differences([said("no-store")], [ANSWER])).not.toEqual([]);
  });

  test("one exchange more is seen", () => {
    expect(differences([ANSWER], [ANSWER, ANSWER])).not.toEqual([]);
  });
});

describe("what may differ is taken out, what may not stays", () => {
  const now = Date.parse("2026-11-21T12:00:00.000Z");
  const of = (text: string) => new Normaliser("http://127.0.0.1:1", now, "secret", new Set()).text(text);
  const [one, other] = ["a".repeat(32), "b".repeat(32)];

  test("ids lose their letters and keep their identity", () => {
    expect(of(`${one} ${other} ${one}`)).toBe("<id:1> <id:2> <id:1>");
  });

  test("dates keep their distance", () => {
    expect(of("2026-11-28T12:00:00.123Z 2026-11-21T12:00:09.000Z")).toBe("<now + 10080 min> <now>");
    expect(of("2026-11-28T12:00:00Z")).toBe("2026-11-28T12:00:00Z");
  });

  test("tokens are what they say", () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const token = `${part({ alg: "EdDSA" })}.${part({ iat: now / 1000, sub: "x", exp: now / 1000 + 900 })}.c2ln`;
    expect(of(token)).toBe(`<bad token {"alg":"EdDSA"} {"iat":<now>,"sub":"x","exp":<iat + 900 s>}>`);
  });
});
