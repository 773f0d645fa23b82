import { expect, test } from "vitest";
import { type Answer, type Ask, newToken } from "../src/grants.ts";
import { RateLimited, Unavailable } from "../src/index.ts";
import { token } from "./auth-server.ts";

const NOW = 1_800_000_000_000;

/** An auth server that says these things one after the other. */
function server(...answers: [status: number, body: unknown, headers?: Record<string, string>][]) {
  const questions: string[] = [];
  const ask: Ask = async (path, { method, body }): Promise<Answer> => {
    questions.push([method, path, body?.grant_type].filter(Boolean).join(" "));
    const [status, answer, headers] = answers[questions.length - 1] ?? [500, undefined];
    return { status, headers: new Headers(headers), body: answer };
  };
  return { questions, ask };
}

const now = () => NOW;
const SIGNED_OUT = [401, { message: "Unauthorized", code: "UNAUTHORIZED" }] as [number, unknown];
const oauth = (error: string): [number, unknown] => [400, { error, error_description: "…" }];

test("the session gives a token, whose life is its own", async () => {
  const { ask, questions } = server([200, { token: token("ann", 1_900_000_000, 900) }]);
  const { subject, from, until } = (await newToken("session", ask, now)) ?? {};
  expect({ subject, from, until }).toEqual({ subject: "ann", from: NOW, until: NOW + 900_000 });
  expect(questions).toEqual(["GET /token"]);
});

test("without a session there is none, and that is no error", async () => {
  expect(await newToken("session", server(SIGNED_OUT).ask, now)).toBeUndefined();
});

test("a refresh token in the cookie gives a token, which need not be readable", async () => {
  const { ask, questions } = server([200, { access_token: "opaque", token_type: "Bearer", expires_in: 300 }]);
  expect(await newToken("refresh-token", ask, now)).toEqual({
    value: "opaque",
    subject: undefined,
    from: NOW,
    until: NOW + 300_000,
  });
  expect(questions).toEqual(["POST /token refresh_token"]);
});

test.each([["no refresh token yet", oauth("invalid_request")], ["a stolen one", oauth("invalid_grant")]])(
  "with %s the session is asked",
  async (_, first) => {
    const { ask, questions } = server(first, [200, { access_token: "opaque", expires_in: 300 }]);
    expect(await newToken("refresh-token", ask, now)).toMatchObject({ value: "opaque" });
    expect(questions).toEqual(["POST /token refresh_token", "POST /token session"]);
  },
);

test("a refresh token that was stolen and a session that ended with it are the end", async () => {
  const { ask } = server(oauth("invalid_grant"), oauth("invalid_grant"));
  expect(await newToken("refresh-token", ask, now)).toBeUndefined();
});

test.each([
  [503, { detail: "The database is away." }],
  [200, "<h1>Accept our terms</h1>"],
  [200, { token: "<h1>" }],
  [200, { token: 7 }],
  [200, null],
])("an answer of %i with %j says nothing about the session", async (status, body) => {
  for (const grant of ["session", "refresh-token"] as const) {
    await expect(newToken(grant, server([status, body]).ask, now)).rejects.toBeInstanceOf(Unavailable);
  }
});

test.each([404, 405])("where the auth server has no refresh tokens (%i), the error says what to set", async (status) => {
  const { ask, questions } = server([status, undefined]);
  const error: unknown = await newToken("refresh-token", ask, now).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ name: "ApiError", status });
  expect(String(error)).toMatch(/refresh_tokens\.enabled .* grant "session"/);
  expect(questions).toEqual(["POST /token refresh_token"]);
});

test("no network says nothing about the session", async () => {
  const ask: Ask = () => Promise.reject(new TypeError("Failed to fetch"));
  await expect(newToken("session", ask, now)).rejects.toMatchObject({ name: "Unavailable", status: 0 });
});

test.each([
  [{ "retry-after": "7" }, 7],
  [{ "x-retry-after": "9" }, 9],
  [{ "retry-after": new Date(NOW + 30_000).toUTCString() }, 30],
  [{ "retry-after": "soon" }, undefined],
  [{}, undefined],
])("of too many questions, the headers %j say when to ask again", async (headers, retryAfter) => {
  const { ask } = server([429, { message: "Too many requests." }, headers as Record<string, string>]);
  const error: unknown = await newToken("session", ask, now).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(RateLimited);
  expect(error).toMatchObject({ retryAfter });
});
