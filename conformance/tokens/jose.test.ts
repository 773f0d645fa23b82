/** Our tokens, verified by `jose`, which knows nothing of us. */
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { exchange } from "../src/exchange.ts";
import { SECRET, startCountersign } from "../src/servers.ts";

const ALGORITHMS = ["EdDSA", "ES256", "ES512", "RS256", "PS256", "HS256"] as const;
const MINUTES_15_S = 900;

const folder = inject("folder");

/** Signs somebody up; their id and a token. */
async function tokenOf(base: string) {
  const headers = { "content-type": "application/json", origin: base };
  const body = JSON.stringify({ name: "Ann", email: "ann@example.com", password: "password1234" });
  const signUp = await exchange(base, { method: "POST", path: "/api/auth/sign-up/email", headers, body });
  const cookie = signUp.setCookie.map((line) => line.split(";")[0]).join("; ");
  const answer = await exchange(base, { method: "GET", path: "/api/auth/token", headers: { cookie } });
  const session = await exchange(base, { method: "GET", path: "/api/auth/get-session", headers: { cookie } });
  return {
    token: (JSON.parse(answer.body) as { token: string }).token,
    ...(JSON.parse(session.body) as { user: { id: string }; session: { id: string } }),
  };
}

describe.each(ALGORITHMS)("a token signed with %s", (algorithm) => {
  let base: string;
  let signedIn: Awaited<ReturnType<typeof tokenOf>>;

  beforeAll(async () => {
    const server = await startCountersign(folder, {
      COUNTERSIGN_TOKEN__ALGORITHM: algorithm,
      COUNTERSIGN_TOKEN__SCOPE: "tasks:read tasks:write",
    });
    base = server.url;
    signedIn = await tokenOf(base);
  });

  function verify(token: string) {
    const options = { issuer: base, audience: base, algorithms: [algorithm] };
    if (algorithm === "HS256") return jwtVerify(token, new TextEncoder().encode(SECRET), options);
    return jwtVerify(token, createRemoteJWKSet(new URL("/api/auth/jwks", base)), options);
  }

  test("is good, and says who and no more", async () => {
    const { payload } = await verify(signedIn.token);
    expect(Object.keys(payload)).toEqual(["iat", "sub", "sid", "sessionId", "jti", "scope", "exp", "iss", "aud"]);
    expect(payload.sub).toBe(signedIn.user.id);
    expect(payload.sid).toBe(signedIn.session.id);
    expect(payload.scope).toBe("tasks:read tasks:write");
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(MINUTES_15_S);
  });

  test("has a header with the algorithm and the key's name only", () => {
    const header = decodeProtectedHeader(signedIn.token);
    expect(Object.keys(header)).toEqual(algorithm === "HS256" ? ["alg"] : ["alg", "kid"]);
    expect(header.alg).toBe(algorithm);
  });

  test("is bad with one other character", async () => {
    const [header, payload, signature = ""] = signedIn.token.split(".");
    const other = (signature.startsWith("A") ? "B" : "A") + signature.slice(1);
    await expect(verify(`${header}.${payload}.${other}`)).rejects.toMatchObject({
      code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    });
  });

  test("is bad for another audience", async () => {
    const key = createRemoteJWKSet(new URL("/api/auth/jwks", base));
    const options = { issuer: base, audience: "https://other.example" };
    const verified =
      algorithm === "HS256"
        ? jwtVerify(signedIn.token, new TextEncoder().encode(SECRET), options)
        : jwtVerify(signedIn.token, key, options);
    await expect(verified).rejects.toMatchObject({ code: "ERR_JWT_CLAIM_VALIDATION_FAILED" });
  });
});

test("the shared secret is never published", async () => {
  const { url } = await startCountersign(folder, { COUNTERSIGN_TOKEN__ALGORITHM: "HS256" });
  const answer = await exchange(url, { method: "GET", path: "/api/auth/jwks" });
  expect(JSON.parse(answer.body)).toEqual({ keys: [] });
});
