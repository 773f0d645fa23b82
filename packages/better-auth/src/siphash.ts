const MASK = (1n << 64n) - 1n;

/** SipHash-2-4 with a key of 16 bytes, as a number of 64 bits. */
export function sipHash(key: Uint8Array, message: Uint8Array): bigint {
  const [k0, k1] = [word(key, 0), word(key, 8)];
  const v: State = [
    k0 ^ 0x736f6d6570736575n,
    k1 ^ 0x646f72616e646f6dn,
    k0 ^ 0x6c7967656e657261n,
    k1 ^ 0x7465646279746573n,
  ];
  // Whole words, then the rest with the length in the last byte.
  const last = new Uint8Array(8);
  const rest = message.length % 8;
  last.set(message.subarray(message.length - rest));
  last[7] = message.length & 0xff;
  for (let at = 0; at + 8 <= message.length; at += 8) compress(v, word(message, at));
  compress(v, word(last, 0));
  v[2] ^= 0xffn;
  for (let round = 0; round < 4; round += 1) sipRound(v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

type State = [bigint, bigint, bigint, bigint];

function word(bytes: Uint8Array, at: number): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 8).getBigUint64(0, true);
}

function compress(v: State, word: bigint): void {
  v[3] ^= word;
  sipRound(v);
  sipRound(v);
  v[0] ^= word;
}

function sipRound(v: State): void {
  v[0] = (v[0] + v[1]) & MASK;
  v[1] = rotate(v[1], 13n) ^ v[0];
  v[0] = rotate(v[0], 32n);
  v[2] = (v[2] + v[3]) & MASK;
  v[3] = rotate(v[3], 16n) ^ v[2];
  v[0] = (v[0] + v[3]) & MASK;
  v[3] = rotate(v[3], 21n) ^ v[0];
  v[2] = (v[2] + v[1]) & MASK;
  v[1] = rotate(v[1], 17n) ^ v[2];
  v[2] = rotate(v[2], 32n);
}

function rotate(value: bigint, by: bigint): bigint {
  return ((value << by) & MASK) | (value >> (64n - by));
}
