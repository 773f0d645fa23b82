/** One browser in front of one server: something to send with, everything written down. */
import { type AuthClient, clientOf, type ClientOptions } from "./client.ts";
import { exchange, type Received } from "./exchange.ts";
import { Jar } from "./jar.ts";
import type { Notebook } from "./notebook.ts";
import { type Mail, Outbox } from "./outbox.ts";
import type { Rows } from "./rows.ts";
import type { Server } from "./servers.ts";

export const API = "/api/auth";
export const PASSWORD = "password1234";
const JSON_TYPE = "application/json";

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
  readonly cookies = new Jar();
  readonly client: AuthClient;
  /** The server's address, as browsers know it. */
  readonly base: string;
  /** The address of the identity providers, if there are any. */
  readonly identityProvider: string;

  constructor(
    private readonly server: Server,
    readonly notebook: Notebook,
    /** What the server wrote down. */
    readonly rows: Rows,
    /** Makes addresses that are the same on both sides and nobody's before. */
    private readonly unique: string,
  ) {
    this.base = server.origin;
    this.identityProvider = server.identityProvider;
    this.client = this.clientWith();
  }

  /** Another browser of the same scenario, with a jar and a client of its own. */
  another(): Side {
    return new Side(this.server, this.notebook, this.rows, this.unique);
  }

  /** Several browsers at once; what each saw is written down one after the other. */
  async atOnce(stories: ((browser: Side) => Promise<void>)[]): Promise<void> {
    const notebooks = await Promise.all(
      stories.map(async (story) => {
        const notebook = this.notebook.another();
        await story(new Side(this.server, notebook, this.rows, this.unique));
        return notebook;
      }),
    );
    notebooks.forEach((notebook) => this.notebook.append(notebook));
  }

  /** A client with other options, on this browser's jar. */
  clientWith(options: ClientOptions = {}): AuthClient {
    return clientOf(this.base, (input, init) => this.fetch(input, init), options);
  }

  /** The Redis behind the server. */
  get redis(): string {
    return this.server.redis;
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

  /** A path under the API; one that starts with `!` is taken as it is. */
  async send(method: string, path: string, options: Options = {}): Promise<Received> {
    const { body, cookies = true, origin = this.base } = options;
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const type = options.type === undefined && text !== undefined ? JSON_TYPE : options.type;
    const headers: Record<string, string | string[]> = {};
    if (type) headers["content-type"] = type;
    if (origin && method !== "GET") headers.origin = origin;
    if (cookies && this.cookies.size > 0) headers.cookie = this.cookies.header();
    Object.assign(headers, options.headers);
    // A cookie that was written by hand is another device's: its answer is not for this jar.
    const forJar = options.headers?.cookie === undefined;
    const full = path.startsWith("!") ? path.slice(1) : API + path;
    return this.record(method, full, headers, text, forJar);
  }

  /** Signs somebody up over the wire; the answer's session is in the jar. */
  async signUp(name = "ann", more: Record<string, unknown> = {}): Promise<{ token: string; user: { id: string } }> {
    const person = { name, email: this.email(name), password: PASSWORD };
    const answer = await this.post("/sign-up/email", { ...person, ...more });
    return JSON.parse(answer.body);
  }

  /** Signs somebody up with the client; the answer's session is in the jar. */
  async join(name = "ann") {
    return this.client.signUp.email({ name, email: this.email(name), password: PASSWORD });
  }

  /**
   * Writes down the mails of this scenario, once there are so many. A server may send behind its answer:
   * that nothing was sent shows when something that was asked for later is there alone.
   */
  async mails(count: number): Promise<Mail[]> {
    const mails = await new Outbox(this.server.outbox, `.${this.unique}@example.com`).mails(count);
    await this.notebook.verify(JSON.stringify(mails));
    this.note("mails", mails);
    return mails;
  }

  /** The newest of so many mails. */
  async newestMail(count: number): Promise<Mail> {
    const mail = (await this.mails(count)).at(-1);
    if (!mail) throw new Error("there is no mail");
    return mail;
  }

  /** Follows a link as it stands in a mail. */
  follow({ url }: Mail, change: (url: string) => string = (url) => url): Promise<Received> {
    return this.get(`!${change(url ?? "").slice(this.base.length)}`);
  }

  cookieHeader(): string {
    return this.cookies.header();
  }

  /** Writes down what a call of the client gives its caller: a value or what it throws. */
  async see<T>(call: Promise<T>): Promise<T | undefined> {
    try {
      const value = await call;
      this.note("the caller gets", value);
      return value;
    } catch (error) {
      this.note("the caller catches", error);
      return undefined;
    }
  }

  note(what: string, value: unknown): void {
    this.notebook.note(what, value);
  }

  private async record(
    method: string,
    path: string,
    headers: Record<string, string | string[]>,
    body: string | undefined,
    forJar = true,
  ): Promise<Received> {
    const received = await exchange(this.server.url, { method, path, headers, body });
    if (forJar) this.cookies.keep(received.setCookie);
    await this.notebook.exchange(`${method} ${path}`, received);
    return received;
  }

  /** `fetch` for the real client: the jar's cookies, and what a browser says of its page. */
  private async fetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers: Record<string, string> = {
      origin: this.base,
      "sec-fetch-site": "same-origin",
      "sec-fetch-mode": "cors",
      "sec-fetch-dest": "empty",
    };
    new Headers(init.headers).forEach((value, name) => (headers[name] = value));
    const withCookies = init.credentials !== "omit";
    if (withCookies && this.cookies.size > 0) headers.cookie = this.cookies.header();
    const body = typeof init.body === "string" ? init.body : undefined;
    const path = url.pathname + url.search;
    init.signal?.throwIfAborted();
    const answer = await this.record(init.method ?? "GET", path, headers, body, withCookies);
    const { status, statusText } = answer;
    return new Response(answer.body || null, { status, statusText, headers: answer.headers });
  }
}
