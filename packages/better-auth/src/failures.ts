/**
 * An answer that says it is done means that what was ended is written. Better Auth overlooks some errors of its database
 * and of its `secondaryStorage`: a sign-out whose session cannot be deleted is a 200, and a session that cannot be found is
 * not deleted. So an error in what this plugin watches is remembered with the request, and such an answer becomes an error,
 * without the cookies that it would have taken away: the request may be made again.
 */
import { defineRequestState, hasRequestState } from "@better-auth/core/context";
import { createAuthMiddleware, isAPIError } from "better-auth/api";

const failed = defineRequestState(() => false);

/** Something that may be a revocation; where it fails, it was not written in this request. */
export async function remembered<R>(work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    if (await hasRequestState()) await failed.set(true);
    throw error;
  }
}

/** No answer is good that a failure is behind. */
export const refuseAnswer = createAuthMiddleware(async (ctx) => {
  const returned = ctx.context.returned;
  const isRefusal = isAPIError(returned) && returned.statusCode >= 400;
  if (!isRefusal && (await hasRequestState()) && (await failed.get())) {
    throw new Error("what this request ended was not written, so its tokens would not be refused; it may be made again");
  }
});
