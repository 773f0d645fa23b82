import { sipHash } from "./siphash.ts";

/** What a name is that of: a session, a user, a token by its `jti`, or one by the hash of what of it is signed. */
export type Kind = "s" | "u" | "j" | "t";

/** The hash of a name as an entry has it: over the kind's letter and the name, big-endian in base64url. */
export function hashOf(key: Uint8Array, kind: Kind, name: string): string {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, sipHash(key, new TextEncoder().encode(kind + name)));
  return Buffer.from(bytes).toString("base64url");
}

/** The key of a sequence's hashes. */
export function parseKey(text: string): Uint8Array {
  const key = new Uint8Array(Buffer.from(text, "base64url"));
  if (key.length !== 16) {
    throw new Error("the key in revocationHead cannot be read; delete its row and all of revocation");
  }
  return key;
}
