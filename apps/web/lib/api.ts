import {
  AuthServerUnavailable,
  accessToken,
  forgetToken,
  sessionNumber,
  tokenAtHand,
} from "@/lib/access-token";
import { loginUrl } from "@/lib/return-url";

export interface Task {
  id: string;
  title: string;
  description: string | null;
  completed: boolean;
  created_at: string;
  updated_at: string;
}

export interface TaskPage {
  items: Task[];
  total: number;
  next_cursor: string | null;
}

export type Filter = "all" | "active" | "completed";

/** An answer of the API that is no success. The message is for people. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly fields: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** The session is over; the browser is on its way to the login page. */
export class SignedOut extends Error {}

const UNAVAILABLE = "The server cannot be reached at the moment. Please try again.";

/** The tasks of one user. */
export function tasksOf(userId: string) {
  const base = `/api/${encodeURIComponent(userId)}/tasks`;
  const one = (id: string) => `${base}/${encodeURIComponent(id)}`;
  return {
    list(filter: Filter, cursor?: string): Promise<TaskPage> {
      const query = new URLSearchParams({ limit: "20" });
      if (filter !== "all") query.set("completed", String(filter === "completed"));
      if (cursor) query.set("cursor", cursor);
      return call<TaskPage>("GET", `${base}?${query}`);
    },
    add: (title: string, description: string | null) =>
      call<Task>("POST", base, { title, description }),
    change: (id: string, change: { title: string; description: string | null }) =>
      call<Task>("PATCH", one(id), change),
    setCompleted: (id: string, completed: boolean) => call<Task>("PATCH", one(id), { completed }),
    remove: (id: string) => call<void>("DELETE", one(id)),
    /** For a page that is closing: nobody waits for the answer. */
    removeOnLeaving(id: string) {
      const token = tokenAtHand();
      if (!token) return;
      const headers = { authorization: `Bearer ${token}` };
      void fetch(one(id), { method: "DELETE", headers, keepalive: true });
    },
  };
}

export type TasksApi = ReturnType<typeof tasksOf>;

/**
 * Sends a request with a token. Reading uses the token at hand; changing something asks for a new
 * one, so that a session that ended elsewhere changes nothing here. A 401 is tried once more with
 * a new token. When there is none, the browser goes to the login page and comes back after.
 */
async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const session = sessionNumber();
  let response = await send(session, method, path, body, method !== "GET");
  if (response.status === 401) response = await send(session, method, path, body, true);
  if (response.status === 401) return signedOut(session);
  if (response.status === 204) return undefined as T;
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw problem(response.status, answer);
  // A success that is not the API's: a proxy, or a page that wants a network's terms accepted.
  if (typeof answer !== "object" || answer === null) throw new ApiError(UNAVAILABLE, 502);
  return answer as T;
}

async function send(session: number, method: string, path: string, body: unknown, fresh: boolean) {
  const token = await accessToken({ fresh }).catch((cause: unknown) => {
    if (cause instanceof AuthServerUnavailable) throw new ApiError(UNAVAILABLE, 503);
    throw cause;
  });
  if (!token) return signedOut(session);
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  if (body !== undefined) headers["content-type"] = "application/json";
  const request = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
  return fetch(path, request).catch(() => {
    throw new ApiError(UNAVAILABLE, 503);
  });
}

/** Goes to the login page, once; not when the session was ended on purpose, and a page is loading. */
function signedOut(session: number): never {
  if (session !== sessionNumber()) throw new SignedOut();
  forgetToken();
  window.location.assign(loginUrl(location.pathname + location.search, "session_expired"));
  throw new SignedOut();
}

/** What can be shown of a problem document (RFC 9457), whoever wrote it. */
function problem(status: number, answer: unknown): ApiError {
  const { detail, errors } = members(answer);
  const message = typeof detail === "string" ? detail : status >= 500 ? UNAVAILABLE : "That did not work.";
  const fields: Record<string, string> = {};
  for (const error of Array.isArray(errors) ? errors : []) {
    const { field, message } = members(error);
    if (typeof field === "string" && typeof message === "string") fields[field] = message;
  }
  return new ApiError(message, status, fields);
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
