/**
 * Access tokens for APIs, in the browser: a plugin for the Better Auth client, and a client for the API.
 *
 * The plugin keeps the token in memory, asks for a new one when four fifths of its life are over, once for all tabs,
 * and says when the session is over. The API client sends the token along, tries once more after a 401, and throws
 * errors that say what happened.
 */
export { createApiClient, type ApiClient, type ApiClientOptions, type ApiRequest } from "./api-client.ts";
export { ApiError, Forbidden, type Problem, RateLimited, SignedOut, Unauthorized, Unavailable } from "./errors.ts";
export { type CountersignClient, countersignClient, type CountersignClientOptions } from "./plugin.ts";
export type { Grant } from "./grants.ts";
export type { Channel, Locks, Surroundings } from "./surroundings.ts";
export type { AccessTokens, End, Wish } from "./tokens.ts";
