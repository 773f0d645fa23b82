import { errorOf, Unauthorized, Unavailable } from "./errors.ts";
import type { AccessTokens } from "./tokens.ts";

export interface ApiClientOptions {
  /** Where the API is: `/api`, or `https://api.example.com/v1`. Tokens go nowhere else. */
  baseURL: string;
  /** The Better Auth client with the plugin. */
  auth: { tokens: AccessTokens };
  /**
   * Before anything but GET and HEAD a new token is asked for. A session that was ended elsewhere then changes nothing
   * here, also where the API hears of no revocations. It costs a request.
   */
  freshBeforeChanges?: boolean | undefined;
  fetch?: typeof fetch | undefined;
}

/** As for `fetch`. With `keepalive`, for a page that is closing, the token at hand is sent, and nothing is tried again. */
export type ApiRequest = Omit<RequestInit, "method" | "body">;

/** Paths begin with a slash and are below the base URL. What is no success is thrown as an `ApiError`. */
export interface ApiClient {
  get<T>(path: string, request?: ApiRequest): Promise<T>;
  post<T>(path: string, body?: unknown, request?: ApiRequest): Promise<T>;
  put<T>(path: string, body?: unknown, request?: ApiRequest): Promise<T>;
  patch<T>(path: string, body?: unknown, request?: ApiRequest): Promise<T>;
  delete<T = void>(path: string, request?: ApiRequest): Promise<T>;
  /** The answer as it came, for what is not JSON. */
  fetch(path: string, request?: RequestInit): Promise<Response>;
}

/** A client for an API that takes the tokens of `auth`. The API gets no cookies. */
export function createApiClient({ baseURL, auth, freshBeforeChanges = false, ...options }: ApiClientOptions): ApiClient {
  const { tokens } = auth;

  async function send(path: string, request: RequestInit = {}): Promise<Response> {
    const url = below(baseURL, path);
    const method = (request.method ?? "GET").toUpperCase();
    const isChange = method !== "GET" && method !== "HEAD";
    const token = request.keepalive ? tokens.atHand() : await tokens.get({ fresh: freshBeforeChanges && isChange });
    if (token === undefined) throw new Unauthorized("There is no token at hand.", 401);
    let response = await sendWith(token, url, { ...request, method });
    // A body that is a stream is gone by now.
    const canRepeat = !request.keepalive && !(request.body instanceof ReadableStream);
    if (response.status === 401 && canRepeat) {
      response = await sendWith(await tokens.get({ refused: token }), url, { ...request, method });
    }
    if (response.ok) return response;
    throw errorOf(response.status, response.headers, await response.json().catch(() => undefined), Date.now());
  }

  async function sendWith(token: string, url: string, request: RequestInit): Promise<Response> {
    const headers = new Headers(request.headers);
    headers.set("authorization", `Bearer ${token}`);
    try {
      return await (options.fetch ?? fetch)(url, { credentials: "omit", ...request, headers });
    } catch (cause) {
      throw request.signal?.aborted ? cause : new Unavailable(0, {}, undefined, { cause });
    }
  }

  async function json<T>(method: string, path: string, body: unknown, request: ApiRequest = {}): Promise<T> {
    const headers = new Headers(request.headers);
    if (!headers.has("accept")) headers.set("accept", "application/json");
    if (body !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
    const text = body === undefined ? null : JSON.stringify(body);
    const response = await send(path, { ...request, method, headers, body: text });
    try {
      const answer = await response.text();
      return (answer === "" && method !== "GET" ? undefined : JSON.parse(answer)) as T;
    } catch (cause) {
      if (request.signal?.aborted) throw cause;
      throw new Unavailable(502, {}, undefined, { cause });
    }
  }

  return {
    fetch: send,
    get: (path, request) => json("GET", path, undefined, request),
    post: (path, body, request) => json("POST", path, body, request),
    put: (path, body, request) => json("PUT", path, body, request),
    patch: (path, body, request) => json("PATCH", path, body, request),
    delete: (path, request) => json("DELETE", path, undefined, request),
  };
}

/** The address of a path, which has to be below the base: a token is not sent where a part of a path leads. */
function below(baseURL: string, path: string): string {
  const here = typeof location === "undefined" ? undefined : location.origin;
  const base = new URL(baseURL.replace(/\/+$/, ""), here);
  const folder = base.pathname.replace(/\/+$/, "");
  const url = new URL(base.origin + folder + path);
  if (!path.startsWith("/") || !url.pathname.startsWith(`${folder}/`)) {
    throw new TypeError(`"${path}" is no path below ${base.origin}${folder}; it has to begin with a slash and stay below`);
  }
  return url.href;
}
