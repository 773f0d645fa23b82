import { defineRequestState, hasRequestState } from "@better-auth/core/context";

const made = defineRequestState(() => new Set<string>());

/** A user was made in this request. */
export async function cameNow(id: unknown): Promise<void> {
  if (await hasRequestState()) (await made.get()).add(String(id));
}

/** Whether a user was made in this request, and so has no token of an earlier one. */
export async function isNewcomer(id: unknown): Promise<boolean> {
  return (await hasRequestState()) && (await made.get()).has(String(id));
}
