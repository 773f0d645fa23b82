/**
 * What `jose` says of tokens: one token per line on standard input, one verdict per line on standard
 * output, `ok` with the claims as JSON, or `no` with jose's code.
 *
 *   node jose.mjs --jwks FILE | --secret-hex HEX --algorithm ALG, --issuer --audience --now SECONDS
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createLocalJWKSet, jwtVerify } from "jose";

const LEEWAY_S = 30;
const AT_ONCE = 256;
const PUBLIC_KEY_ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

const text = { type: "string" };
const { values } = parseArgs({
  options: { jwks: text, "secret-hex": text, algorithm: text, issuer: text, audience: text, now: text },
});

const key = values.jwks
  ? createLocalJWKSet(JSON.parse(readFileSync(values.jwks, "utf8")))
  : Buffer.from(values["secret-hex"], "hex");
const options = {
  issuer: values.issuer,
  audience: values.audience,
  algorithms: values.jwks ? PUBLIC_KEY_ALGORITHMS : [values.algorithm ?? "HS256"],
  clockTolerance: LEEWAY_S,
  currentDate: new Date(Number(values.now) * 1000),
  requiredClaims: ["exp", "sub"],
};

async function verdict(token) {
  try {
    const { payload } = await jwtVerify(token, key, options);
    return `ok ${JSON.stringify(payload)}`;
  } catch (error) {
    return `no ${error.code ?? error.name}`;
  }
}

let waiting = [];
async function judge() {
  const verdicts = await Promise.all(waiting.map(verdict));
  waiting = [];
  process.stdout.write(verdicts.map((line) => `${line}\n`).join(""));
}

// Lines end with a line feed only.
let rest = "";
process.stdin.setEncoding("utf8");
for await (const chunk of process.stdin) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) {
    waiting.push(line);
    if (waiting.length === AT_ONCE) await judge();
  }
}
await judge();
