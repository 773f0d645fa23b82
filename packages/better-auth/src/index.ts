/**
 * Tokens of a Better Auth on Node, taken back in every guard of Countersign.
 *
 * A token is good until its `exp`, and services ask nobody. What ends before that, a session, a user, a password, is written
 * into an inbox in the transaction that ends it (`watch.ts`, `causes.ts`), gets a number (`numbering.ts`), and is told,
 * signed, to guards that ask `GET /revocations` (`question.ts`, `feed.ts`, `answer.ts`), as often as they may
 * (`strangers.ts`). What cannot be written makes the request fail (`failures.ts`, `storage.ts`). Services with a credential
 * register their guards, and take something back by `POST /revocations` (`credentials.ts`, `guards.ts`, `taking-back.ts`).
 * docs/revocation-feed.md is the wire.
 */
export { minimalClaims } from "./claims.ts";
export { countersign, type CountersignOptions } from "./plugin.ts";
