import type { BetterAuthPluginDBSchema } from "@better-auth/core/db";

/**
 * Countersign's tables of revocations, as it makes them itself (`crates/countersign-store/src/schema.rs`): a server of
 * Countersign that comes to this database later goes on with the same sequence and the same key.
 *
 * | Table | Holds |
 * |---|---|
 * | `revocationInbox` | what ended, by its name, until it has a number |
 * | `revocationHead` | one row: the name of the sequence, the key of its hashes, the last number |
 * | `revocation` | the entries, numbered |
 * | `revocationGuard` | guards that said who they are, and how far each has followed |
 */
export const schema = {
  revocation: {
    fields: {
      sequence: { type: "number", bigint: true, required: true, unique: true },
      kind: { type: "string", required: true },
      hash: { type: "string", required: true, index: true },
      until: { type: "number", bigint: true, required: true, index: true },
      before: { type: "number", bigint: true, required: false },
      createdAt: { type: "date", required: true },
    },
  },
  revocationHead: {
    fields: {
      epoch: { type: "string", required: true },
      key: { type: "string", required: true },
      sequence: { type: "number", bigint: true, required: true },
    },
  },
  revocationGuard: {
    fields: {
      name: { type: "string", required: true, unique: true },
      resourceServer: { type: "string", required: true },
      epoch: { type: "string", required: true },
      sequence: { type: "number", bigint: true, required: true },
      kids: { type: "string", required: false },
      seenAt: { type: "date", required: true },
    },
  },
  revocationInbox: {
    fields: {
      kind: { type: "string", required: true },
      name: { type: "string", required: true },
      before: { type: "number", bigint: true, required: false },
      createdAt: { type: "date", required: true },
    },
  },
} satisfies BetterAuthPluginDBSchema;
