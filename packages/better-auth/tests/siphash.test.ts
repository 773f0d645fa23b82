import { expect, test } from "vitest";
import { hashOf } from "../src/hash.ts";
import { sipHash } from "../src/siphash.ts";

const KEY = Uint8Array.from({ length: 16 }, (_, at) => at);

// The table of the authors' reference implementation (github.com/veorq/SipHash, vectors.h): messages 00, 00 01 …
test.each([
  [0, 0x726fdb47dd0e0e31n],
  [1, 0x74f839c593dc67fdn],
  [7, 0xab0200f58b01d137n],
  [8, 0x93f5f5799a932462n],
  // The example of the paper, appendix A.
  [15, 0xa129ca6149be45e5n],
  [16, 0x3f2acc7f57c29bdbn],
  [63, 0x958a324ceb064572n],
])("the hash of %i bytes is that of the reference", (length, hash) => {
  expect(sipHash(KEY, Uint8Array.from({ length }, (_, at) => at))).toBe(hash);
});

test("a hash is eleven characters, and names of two kinds differ", () => {
  expect(hashOf(KEY, "s", "x")).toMatch(/^[A-Za-z0-9_-]{11}$/);
  expect(hashOf(KEY, "s", "x")).not.toBe(hashOf(KEY, "u", "x"));
});
