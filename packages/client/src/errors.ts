/** What a problem document (RFC 9457) or any other JSON object says. A stranger wrote it: every member is unknown. */
export type Problem = Readonly<Record<string, unknown>>;

/** An answer that is no success, or none at all. The message is for people. */
export class ApiError extends Error {
  override name = "ApiError";
  /** The answer's status; 0 when there was no answer. */
  readonly status: number;
  readonly problem: Problem;

  constructor(message: string, status: number, problem: Problem = {}, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.problem = problem;
  }

  /** The stable name of the problem, where the API gives one. */
  get code(): string | undefined {
    return typeof this.problem.code === "string" ? this.problem.code : undefined;
  }

  /** What is wrong with which field: of `errors`, the entries with a `field` and a `message`. */
  get fields(): Record<string, string> {
    const fields: Record<string, string> = {};
    for (const error of Array.isArray(this.problem.errors) ? this.problem.errors : []) {
      const { field, message } = membersOf(error);
      if (typeof field === "string" && typeof message === "string") fields[field] = message;
    }
    return fields;
  }
}

/** 401: the API does not take a token that is new, or nobody is signed in. */
export class Unauthorized extends ApiError {
  override name = "Unauthorized";
}

/** Nobody is signed in any more; `onEnd` was told. */
export class SignedOut extends Unauthorized {
  override name = "SignedOut";

  constructor() {
    super("You are not signed in any more.", 401);
  }
}

/** 403: signed in, and not allowed to. */
export class Forbidden extends ApiError {
  override name = "Forbidden";
}

/** 429. `retryAfter` is in seconds. */
export class RateLimited extends ApiError {
  override name = "RateLimited";
  readonly retryAfter: number | undefined;

  constructor(message: string, problem: Problem = {}, retryAfter?: number) {
    super(message, 429, problem);
    this.retryAfter = retryAfter;
  }
}

/**
 * Who was asked cannot answer: 500 and above, no network, or an answer of somebody else, such as the page of a network
 * that wants its terms accepted. It says nothing about the session. `retryAfter` is in seconds.
 */
export class Unavailable extends ApiError {
  override name = "Unavailable";
  readonly retryAfter: number | undefined;

  constructor(status = 0, problem: Problem = {}, retryAfter?: number, options?: ErrorOptions) {
    super(detailOf(problem) ?? "The server cannot be reached at the moment. Please try again.", status, problem, options);
    this.retryAfter = retryAfter;
  }
}

/** The error that an answer is. */
export function errorOf(status: number, headers: Headers, body: unknown, now: number): ApiError {
  const problem = membersOf(body);
  const message = detailOf(problem) ?? "That did not work.";
  if (status === 401) return new Unauthorized(message, status, problem);
  if (status === 403) return new Forbidden(message, status, problem);
  if (status === 429) return new RateLimited(message, problem, retryAfterOf(headers, now));
  if (status >= 500) return new Unavailable(status, problem, retryAfterOf(headers, now));
  return new ApiError(message, status, problem);
}

function detailOf(problem: Problem): string | undefined {
  return typeof problem.detail === "string" ? problem.detail : undefined;
}

/** RFC 9110 §10.2.3: seconds or a date; Better Auth writes seconds into a header of its own. */
function retryAfterOf(headers: Headers, now: number): number | undefined {
  const value = headers.get("retry-after") ?? headers.get("x-retry-after") ?? "";
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - now) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

export function membersOf(value: unknown): Problem {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
