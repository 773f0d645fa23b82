// How many password hashes this machine computes in a second when it does nothing else: OpenSSL's
// scrypt with Better Auth's parameters, by way of Node, as many at once as there are cores.
import { scrypt } from "node:crypto";
import { availableParallelism } from "node:os";

const OPTIONS = { N: 16384, r: 16, p: 1, maxmem: 64 * 1024 * 1024 };
const [count] = process.argv.slice(2).map(Number);
let waiting = count;

function hashes() {
  if (waiting === 0) return Promise.resolve();
  waiting -= 1;
  return new Promise((resolve, reject) => {
    scrypt("password1234", "00112233445566778899aabbccddeeff", 64, OPTIONS, (error) => {
      if (error) reject(error);
      else resolve(hashes());
    });
  });
}

const begin = performance.now();
await Promise.all(Array.from({ length: availableParallelism() }, hashes));
console.log((count * 1000) / (performance.now() - begin));
