import { betterAuth, type BetterAuthOptions, type BetterAuthPlugin } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { admin, jwt, multiSession } from "better-auth/plugins";
import type { JwtOptions } from "better-auth/plugins/jwt";
import Database from "better-sqlite3";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose";
import { hashOf, parseKey } from "../src/hash.ts";
import { countersign, type CountersignOptions } from "../src/index.ts";
import type { Page } from "../src/feed.ts";

export const ORIGIN = "http://localhost:3000";
export const PASSWORD = "a password for tests";

/** What differs from a site to another. */
export type Wishes = {
  database?: Database.Database;
  jwt?: JwtOptions;
  countersign?: CountersignOptions;
  more?: Partial<BetterAuthOptions>;
  /** Without further plugins of Better Auth. */
  alone?: boolean;
};

export function optionsOf({ database = new Database(":memory:"), more, ...wishes }: Wishes = {}) {
  return {
    secret: "a-secret-for-tests-only-0123456789abcdef",
    baseURL: ORIGIN,
    database,
    emailAndPassword: {
      enabled: true,
      // Costs no time.
      password: { hash: async (password: string) => `${password} ${Math.random()}`, verify: async () => true },
    },
    user: { deleteUser: { enabled: true } },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    ...more,
    plugins: [
      jwt(wishes.jwt),
      ...(wishes.alone ? [] : [admin({ adminRoles: ["admin"] }), multiSession()]),
      ...(more?.plugins ?? []),
      countersign(wishes.countersign),
    ],
  } satisfies BetterAuthOptions;
}

/** A `secondaryStorage` in memory, of which parts may be away. */
export class Storage {
  readonly #values = new Map<string, string>();
  away: ("get" | "set" | "delete")[] = [];

  get = (key: string) => this.#answer("get", () => this.#values.get(key) ?? null);
  set = (key: string, value: string) => this.#answer("set", () => void this.#values.set(key, value));
  delete = (key: string) => this.#answer("delete", () => void this.#values.delete(key));
  increment = () => 1;

  getAndDelete = (key: string) => {
    const value = this.get(key);
    this.delete(key);
    return value;
  };

  #answer<R>(part: "get" | "set" | "delete", work: () => R): R {
    if (this.away.includes(part)) throw new Error("the storage is away");
    return work();
  }
}

/** A plugin of somebody who sees what the rows of sessions are read, and does something before the next are. */
export function between(act: (rows: unknown[]) => void): BetterAuthPlugin {
  return {
    id: "between",
    init({ adapter }) {
      const findMany = adapter.findMany.bind(adapter);
      adapter.findMany = async <T>(query: Parameters<typeof findMany>[0]) => {
        const rows = await findMany<T>(query);
        if (query.model === "session" && query.sortBy?.field === "id") act(rows);
        return rows;
      };
    },
  };
}

/** A Better Auth with the plugin, on SQLite. */
export class Site {
  /** Links that were mailed for a new password. */
  readonly resets: string[] = [];
  readonly #handler: (request: Request) => Promise<Response>;
  readonly database: Database.Database;

  private constructor(database: Database.Database, options: BetterAuthOptions) {
    this.database = database;
    const sendResetPassword = async ({ token }: { token: string }) => void this.resets.push(token);
    const emailAndPassword = { ...options.emailAndPassword, enabled: true, sendResetPassword };
    this.#handler = betterAuth({ ...options, emailAndPassword }).handler;
  }

  static async open(wishes: Wishes = {}): Promise<Site> {
    const options = optionsOf(wishes);
    await (await getMigrations(options)).runMigrations();
    return new Site(options.database, options);
  }

  handle(request: Request): Promise<Response> {
    return this.#handler(request);
  }

  browser(): Browser {
    return new Browser(this);
  }

  /** Somebody who signed up in a browser, as an administrator where that is wished. */
  async person(name: string, role?: "admin"): Promise<Browser> {
    const browser = this.browser();
    await browser.post("/sign-up/email", { name, email: `${name}@example.com`, password: PASSWORD });
    const sql = 'UPDATE "user" SET role = ? WHERE email = ?';
    if (role) this.database.prepare(sql).run(role, `${name}@example.com`);
    return browser;
  }

  async ask(query: Record<string, string | number> = {}, headers: Record<string, string> = {}): Promise<Response> {
    const parameters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    return this.handle(new Request(`${ORIGIN}/api/auth/revocations?${parameters}`, { headers }));
  }

  /** An answer of the feed, with its signature verified. */
  async page(query: Record<string, string | number> = {}): Promise<Page & { iss: string; nonce?: string; kid: string }> {
    const answer = await this.ask(query);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${text}`);
    const keys = await (await this.handle(new Request(`${ORIGIN}/api/auth/jwks`))).json();
    const verified = await jwtVerify(text, createLocalJWKSet(keys as JSONWebKeySet), { typ: "revocations+jwt" });
    return { ...(verified.payload as unknown as Page & { iss: string }), kid: String(decodeProtectedHeader(text).kid) };
  }

  /** Whether a guard refuses the token that has read the feed from its beginning. */
  async refuses(token: string): Promise<boolean> {
    const { key, entries } = await this.page();
    const { sub = "", sid, iat = 0 } = decodeJwt<{ sid?: string }>(token);
    const hash = (kind: "s" | "u", name: string) => hashOf(parseKey(key), kind, name);
    return entries.some(([kind, hashed, , before = 0]) =>
      kind === "s" ? sid !== undefined && hashed === hash("s", sid) : hashed === hash("u", sub) && iat <= before,
    );
  }
}

/** Cookies, and what is asked with them. */
export class Browser {
  readonly #site: Site;
  readonly cookies = new Map<string, string>();

  constructor(site: Site) {
    this.#site = site;
  }

  async send(method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { origin: ORIGIN, cookie: [...this.cookies].map((pair) => pair.join("=")).join("; ") };
    if (body !== undefined) headers["content-type"] = "application/json";
    const request = new Request(`${ORIGIN}/api/auth${path}`, { method, headers, body: JSON.stringify(body) });
    const response = await this.#site.handle(request);
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/max-age=0/i.test(cookie)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  /** What has to succeed. */
  async post<T = Record<string, unknown>>(path: string, body: unknown = {}): Promise<T> {
    const response = await this.send("POST", path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  async signIn(name: string): Promise<this> {
    await this.post("/sign-in/email", { email: `${name}@example.com`, password: PASSWORD });
    return this;
  }

  async token(): Promise<string> {
    const response = await this.send("GET", "/token");
    if (!response.ok) throw new Error(`/token: ${response.status}`);
    return ((await response.json()) as { token: string }).token;
  }

  async session(): Promise<{ session: { id: string; token: string }; user: { id: string } }> {
    return (await (await this.send("GET", "/get-session")).json()) as Awaited<ReturnType<Browser["session"]>>;
  }
}
