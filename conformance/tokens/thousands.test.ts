/** A thousand tokens of `jose` for us and a thousand of ours for `jose`, for every algorithm. */
import { deepStrictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AUDIENCE, type Claims, ClaimsGenerator, ISSUER, NOW } from "./claims.ts";

const TOKENS = 1_000;
const TARGET = join(import.meta.dirname, "../../target/debug");
const EXAMPLES = join(process.env.COUNTERSIGN_BIN ? dirname(process.env.COUNTERSIGN_BIN) : TARGET, "examples");

const SECRET_BYTES: Record<string, number> = { HS256: 32, HS384: 48, HS512: 64 };
const ALGORITHMS = [
  ...Object.keys(SECRET_BYTES),
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"],
];

const folder = mkdtempSync(join(tmpdir(), "tokens-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The lines that an example of `countersign-jwt` answers to these lines. */
function answers(example: string, options: string[], lines: string[]): string[] {
  const input = lines.map((line) => `${line}\n`).join("");
  const ran = spawnSync(join(EXAMPLES, example), options, { input, encoding: "utf8", maxBuffer: 2 ** 26 });
  if (ran.status !== 0) throw new Error(`${example} ${options.join(" ")}: ${ran.error ?? ran.stderr}`);
  return ran.stdout.trimEnd().split("\n");
}

describe.each(ALGORITHMS)("%s", (algorithm) => {
  const random = new ClaimsGenerator(ALGORITHMS.indexOf(algorithm));
  const claims = Array.from({ length: TOKENS }, () => random.claims());
  let signs: CryptoKey | Uint8Array;
  let verifies: CryptoKey | Uint8Array;
  let toSign: string[];
  let toVerify: string[];

  beforeAll(async () => {
    const length = SECRET_BYTES[algorithm];
    if (length !== undefined) {
      const secret = Buffer.from(Array.from({ length }, () => random.below(256)));
      [signs, verifies] = [secret, secret];
      toSign = ["--algorithm", algorithm, "--secret-hex", secret.toString("hex")];
      toVerify = toSign;
      return;
    }
    const pair = await generateKeyPair(algorithm, { extractable: true });
    [signs, verifies] = [pair.privateKey, pair.publicKey];
    const file = (half: string) => join(folder, `${algorithm}-${half}.json`);
    writeFileSync(file("private"), JSON.stringify(await exportJWK(signs)));
    const jwk = { ...(await exportJWK(verifies)), kid: "k1", alg: algorithm, use: "sig" };
    writeFileSync(file("public"), JSON.stringify({ keys: [jwk] }));
    toSign = ["--algorithm", algorithm, "--private-jwk", file("private"), "--kid", "k1"];
    toVerify = ["--jwks", file("public")];
  });

  test("tokens of jose are read by us", async () => {
    const headers: Claims[] = [{}, { typ: "JWT" }, { typ: "at+jwt" }, { extra: { "ключ": [1] } }];
    const named = SECRET_BYTES[algorithm] === undefined ? [{ kid: "k1" }, {}] : [{}];
    const tokens = claims.map((one) => {
      const header = { alg: algorithm, ...random.pick(headers), ...random.pick(named) };
      return new SignJWT(one).setProtectedHeader(header).sign(signs);
    });
    const options = [...toVerify, "--issuer", ISSUER, "--audience", AUDIENCE, "--now", String(NOW)];
    const verdicts = answers("verdicts", options, await Promise.all(tokens));
    expect(verdicts).toHaveLength(TOKENS);
    for (const [index, verdict] of verdicts.entries()) {
      expect(verdict.slice(0, 3), JSON.stringify(claims[index])).toBe("ok ");
      deepStrictEqual(JSON.parse(verdict.slice(3)), claims[index]);
    }
  });

  test("our tokens are read by jose", async () => {
    const tokens = answers("mint", toSign, claims.map((one) => JSON.stringify(one)));
    expect(new Set(tokens).size).toBe(TOKENS);
    const options = {
      issuer: ISSUER,
      audience: AUDIENCE,
      algorithms: [algorithm],
      currentDate: new Date(NOW * 1_000),
    };
    const read = await Promise.all(tokens.map((token) => jwtVerify(token, verifies, options)));
    for (const [index, { payload }] of read.entries()) deepStrictEqual(payload, claims[index]);
  });
});
