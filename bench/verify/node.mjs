// Times Node libraries: says which cells it has, then answers each line `CELL MILLISECONDS`.

import { createPublicKey } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { createVerifier } from "fast-jwt";
import { importJWK, jwtVerify } from "jose";

const require = createRequire(import.meta.url);
const material = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { issuer, audience, subject } = material;

async function jose(algorithm, jwk) {
  const key = await importJWK(jwk, algorithm);
  const options = { algorithms: [algorithm], issuer, audience, requiredClaims: ["exp", "sub"] };
  return async (token) => (await jwtVerify(token, key, options)).payload.sub === subject;
}

const fastJwt = (cache) => (algorithm, jwk) => {
  const key = jwk.kty === "oct" ? Buffer.from(jwk.k, "base64url") : pem(jwk);
  const verify = createVerifier({
    key,
    cache,
    algorithms: [algorithm],
    allowedIss: issuer,
    allowedAud: audience,
    requiredClaims: ["exp", "iss", "aud", "sub"],
  });
  return (token) => verify(token).sub === subject;
};

const pem = (jwk) =>
  createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });

const LIBRARIES = [
  { library: "jose", npm: "jose", make: jose, waits: true },
  { library: "fast-jwt", npm: "fast-jwt", make: fastJwt(false) },
  { library: "fast-jwt, cached", npm: "fast-jwt", make: fastJwt(true) },
];

async function prove(library, algorithm, decide, { good, tampered, wrong_claims }) {
  if (!(await decide(good))) throw new Error(`${library} does not find the subject (${algorithm})`);
  for (const bad of [tampered, ...wrong_claims]) {
    let accepted = true;
    try {
      await decide(bad);
    } catch {
      accepted = false;
    }
    if (accepted) throw new Error(`${library} accepts a bad token (${algorithm})`);
  }
}

async function run({ decide, token, waits }, milliseconds) {
  const started = performance.now();
  let tokens = 0;
  let spent = 0;
  while ((spent = performance.now() - started) < milliseconds) {
    for (let i = 0; i < 10; i++) {
      if (waits) await decide(token);
      else decide(token);
    }
    tokens += 10;
  }
  return { tokens, seconds: spent / 1000 };
}

async function measure(cell, milliseconds) {
  await run(cell, milliseconds / 10);
  const before = process.cpuUsage();
  const seen = await run(cell, milliseconds);
  const { user, system } = process.cpuUsage(before);
  return { ...seen, cpu: (user + system) / 1e6 };
}

const cells = [];
for (const { library, npm, make, waits } of LIBRARIES) {
  const { version } = JSON.parse(readFileSync(manifest(npm), "utf8"));
  for (const [algorithm, tokens] of Object.entries(material.algorithms)) {
    const decide = await make(algorithm, tokens.jwk);
    await prove(library, algorithm, decide, tokens);
    cells.push({ library, version, algorithm, decide, token: tokens.good, waits });
  }
}

function manifest(npm) {
  const places = require.resolve.paths(npm).map((folder) => `${folder}/${npm}/package.json`);
  return places.find((place) => existsSync(place));
}

const shown = cells.map(({ library, version, algorithm }) => ({ library, version, algorithm }));
console.log(JSON.stringify({ cells: shown }));
for await (const line of createInterface({ input: process.stdin })) {
  const [cell, milliseconds] = line.split(" ").map(Number);
  console.log(JSON.stringify(await measure(cells[cell], milliseconds)));
}
