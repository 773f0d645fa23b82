/** One server as a scenario sees it: something to send to, with everything written down. */
import { createAuthClient } from "better-auth/client";
import { jwtClient } from "better-auth/client/plugins";
import { exchange, type Received } from "./exchange.ts";
import { Normaliser } from "./normalise.ts";

/** What an exchange looks like from outside. */
export interface Observed {
  request: string;
  status: number;
  headers: Record<string, string>;
  setCookie: string[];
  body: string;
}

/** Headers that a client or a proxy acts on. */
const COMPARED = [
  "access-control-expose-headers",
  "cache-control",
  "content-type",
  "location",
  "pragma",
  "set-auth-jwt",
  "x-retry-after",
];

export const API = "/api/auth";
export const JSON_TYPE = "application/json";

interface Options {
  headers?: Record<string, string | string[]>;
  /** An object is sent as JSON, a text as it is. */
  body?: unknown;
  type?: string | null;
  /** Send the cookies of the jar; yes unless said otherwise. */
  cookies?: boolean;
  /** The server's own origin is sent unless another, or none (`null`), is said. */
  origin?: string | null;
}

export class Side {
  readonly observed: Observed[] = [];
  readonly cookies = new Map<string, string>();
  readonly client;
  private readonly normaliser: Normaliser;

  constructor(
    readonly base: string,
    /** Makes addresses that are the same on both sides and nobody's before. */
    private readonly unique: string,
    now: number,
  ) {
    this.normaliser = new Normaliser(base, now);
    this.client = createAuthClient({
      baseURL: base,
      plugins: [jwtClient()],
      fetchOptions: { customFetchImpl: (input, init) => this.fetch(input, init) },
    });
  }

  email(name = "ann"): string {
    return `${name}.${this.unique}@example.com`;
  }

  get(path: string, options: Options = {}): Promise<Received> {
    return this.send("GET", path, options);
  }

  post(path: string, body?: unknown, options: Options = {}): Promise<Received> {
    return this.send("POST", path, { body, ...options });
  }

  async send(method: string, path: string, options: Options = {}): Promise<Received> {
    const { body, cookies = true, origin = this.base } = options;
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const type = options.type === undefined && text !== undefined ? JSON_TYPE : options.type;
    const headers: Record<string, string | string[]> = {};
    if (type) headers["content-type"] = type;
    if (origin && method !== "GET") headers.origin = origin;
    if (cookies && this.cookies.size > 0) headers.cookie = this.cookieHeader();
    Object.assign(headers, options.headers);
    // A cookie that was written by hand is another device's: its answer is not for this jar.
    const forJar = options.headers?.cookie === undefined;
    return this.record(method, path, headers, text, forJar);
  }

  /** Signs somebody up over the wire; the answer's session is in the jar. */
  async signUp(name = "ann", more: Record<string, unknown> = {}): Promise<{ token: string; user: { id: string } }> {
    const answer = await this.post("/sign-up/email", {
      name,
      email: this.email(name),
      password: "password1234",
      ...more,
    });
    return JSON.parse(answer.body);
  }

  cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Writes down something that is no exchange: what the client made of an answer. */
  note(what: string, value: unknown): void {
    const body = this.normaliser.text(JSON.stringify(value, revive) ?? "undefined");
    this.observed.push({ request: what, status: 0, headers: {}, setCookie: [], body });
  }

  private async record(
    method: string,
    path: string,
    headers: Record<string, string | string[]>,
    body: string | undefined,
    forJar = true,
  ): Promise<Received> {
    const full = path.startsWith("!") ? path.slice(1) : API + path;
    const received = await exchange(this.base, { method, path: full, headers, body });
    if (forJar) this.keepCookies(received.setCookie);
    const shown = COMPARED.filter((name) => received.headers[name] !== undefined);
    this.observed.push({
      request: `${method} ${this.normaliser.text(full)}`,
      status: received.status,
      headers: Object.fromEntries(
        shown.map((name) => [name, this.header(name, String(received.headers[name]))]),
      ),
      setCookie: received.setCookie.map((line) => this.normaliser.text(line)),
      body: this.normaliser.text(received.body),
    });
    return received;
  }

  private header(name: string, value: string): string {
    // It counts down while the scenario runs.
    if (name === "x-retry-after") return /^([1-9]|10)$/.test(value) ? "<1 to 10>" : value;
    return this.normaliser.text(value);
  }

  private keepCookies(lines: string[]): void {
    for (const line of lines) {
      const [pair = ""] = line.split(";");
      const name = pair.slice(0, pair.indexOf("="));
      if (/Max-Age=0/.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, pair.slice(name.length + 1));
    }
  }

  /** `fetch` for the real client: cookies of the jar, and the origin a browser would send. */
  private async fetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers: Record<string, string> = { origin: this.base };
    new Headers(init.headers).forEach((value, name) => (headers[name] = value));
    if (this.cookies.size > 0) headers.cookie = this.cookieHeader();
    const body = typeof init.body === "string" ? init.body : undefined;
    const path = `!${url.pathname}${url.search}`;
    const answer = await this.record(init.method ?? "GET", path, headers, body);
    const returned = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) {
      if (typeof value === "string") returned.set(name, value);
    }
    return new Response(answer.body || null, { status: answer.status, headers: returned });
  }
}

/** Errors have no members that JSON shows. */
function revive(_: string, value: unknown): unknown {
  return value instanceof Error ? { name: value.name, message: value.message } : value;
}
