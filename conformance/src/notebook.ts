/** Everything seen of one server during one scenario, in order, without what may differ. */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { exchange, type Received } from "./exchange.ts";
import { Normaliser, TOKEN } from "./normalise.ts";
import { seen } from "./seen.ts";
import { SECRET, type Server } from "./servers.ts";
import { opened } from "./session-data.ts";

/** What an exchange looks like from outside. */
export interface Observed {
  request: string;
  /** Zero for a note, which is no exchange. */
  status: number;
  statusText: string;
  headers: Record<string, string>;
  setCookie: string[];
  body: string;
}

/** Of the connection, the moment or the request's own name; all other headers are compared. */
const NOT_COMPARED = new Set([
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "transfer-encoding",
  "x-request-id",
]);

export class Notebook {
  readonly observed: Observed[] = [];
  private readonly verified = new Set<string>();
  private readonly normaliser: Normaliser;

  constructor(
    private readonly server: Server,
    private readonly now: number,
  ) {
    this.normaliser = new Normaliser(server.origin, now, SECRET, this.verified);
  }

  /** A notebook for something that happens at the same time; its ids count from one. */
  another(): Notebook {
    return new Notebook(this.server, this.now);
  }

  append({ observed }: Notebook): void {
    this.observed.push(...observed);
  }

  async exchange(request: string, received: Received): Promise<void> {
    const { status, statusText, headers, body } = received;
    const setCookie = await opened(received.setCookie, SECRET);
    await this.verify(body + seen(headers));
    const compared = Object.entries(headers).filter(([name]) => !NOT_COMPARED.has(name));
    this.observed.push({
      request: this.normaliser.text(request),
      status,
      statusText,
      headers: Object.fromEntries(compared.map(([name, value]) => [name, this.header(name, value)])),
      setCookie: setCookie.map((line) => this.normaliser.text(line)),
      body: this.normaliser.text(body),
    });
  }

  /** Writes down something that is no exchange: what the client made of an answer, rows. */
  note(what: string, value: unknown): void {
    const body = this.normaliser.text(seen(value));
    this.observed.push({ request: what, status: 0, statusText: "", headers: {}, setCookie: [], body });
  }

  private header(name: string, value: string): string {
    // It counts down while the scenario runs.
    if (name === "x-retry-after") return /^[1-9]\d?$/.test(value) ? "<some seconds>" : value;
    return this.normaliser.text(value);
  }

  /** Finds the tokens in a text and checks their signatures. */
  async verify(text: string): Promise<void> {
    const tokens = text.match(TOKEN) ?? [];
    for (const token of tokens) if (await isSignedWith(SECRET, token)) this.verified.add(token);
    if (tokens.every((token) => this.verified.has(token))) return;
    const { origin, tokens: other } = this.server;
    const { keys, issuer, audience } = other ?? { keys: "/jwks", issuer: origin, audience: origin };
    const answer = await exchange(this.server.url, { method: "GET", path: `/api/auth${keys}` });
    for (const token of tokens) {
      const verified = await jwtVerify(
        token,
        createLocalJWKSet(JSON.parse(answer.body) as JSONWebKeySet),
        { issuer, audience },
      ).catch(() => undefined);
      if (verified) this.verified.add(token);
    }
  }
}

/** Links of mails carry tokens that are signed with the secret, for whoever holds it. */
async function isSignedWith(secret: string, token: string): Promise<boolean> {
  const verified = jwtVerify(token, new TextEncoder().encode(secret), { algorithms: ["HS256"] });
  return verified.then(() => true, () => false);
}
