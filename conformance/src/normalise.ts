/**
 * Takes out what may differ between two servers that do the same: which ids and tokens there are,
 * and what time it is. What is equal stays equal: the first id met is `<id:1>`, wherever it is met
 * again. Dates and times become their distance from now, in minutes; the order of members stays.
 * Signatures are checked: a good one is taken out, a wrong one says so.
 */
import { createHmac } from "node:crypto";

/** Ids and tokens; those of links to reset a password are shorter. */
const ID = /\b(?:[A-Za-z0-9]{32}|[A-Za-z0-9]{24})\b/g;
/** What a sign-in at a provider is known by; letters, digits, `-` and `_`. */
const FLOW = /(?<=state=|auth-state:|"oauthState":"|code_challenge=|"codeVerifier":"|nonce=|"idTokenNonce":"|"nonce":"|"challenge":")[\w-]{32,128}/g;
/** What a code of the identity provider says stands in it. */
const CODE = /(?<=[?&]code=)eyJ[\w-]+/g;
const SEALED = /\b(?:[0-9a-f]{2}){41,}\b/g;
const SECONDS = /(?<="(?:iat|exp)":)\d{10}\b/g;
const MILLISECONDS = /(?<="expiresAt":)\d{13}/g;
const DATE = /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g;
const SIGNED = /([^=;\s."]+)\.((?:[A-Za-z0-9+/]|%2B|%2F){43}(?:=|%3D))/g;
const PUBLIC_KEY = /"([xy])":"[\w-]{43}"/g;
const PASSWORD_HASH = /\b[0-9a-f]{32}:[0-9a-f]{128}\b/g;
const MINUTE_MS = 60_000;

export const TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g;

export class Normaliser {
  private readonly ids = new Map<string, string>();

  constructor(
    private readonly base: string,
    private readonly now: number,
    /** What cookies are signed with. */
    private readonly secret: string,
    /** Tokens that somebody verified. */
    private readonly verified: ReadonlySet<string>,
  ) {}

  text(text: string): string {
    return text
      .replaceAll(this.base, "<origin>")
      .replaceAll(encodeURIComponent(this.base), "<origin>")
      .replace(CODE, (code) => this.text(Buffer.from(code, "base64url").toString("utf8")))
      .replace(TOKEN, (token) => this.token(token))
      .replace(SIGNED, (_, value, signature) => `${value}.${this.signature(value, signature)}`)
      .replace(PUBLIC_KEY, `"$1":"<public key>"`)
      .replace(PASSWORD_HASH, "<hash>")
      .replace(FLOW, (id) => this.id(id))
      .replace(SEALED, "<sealed>")
      .replace(SECONDS, (instant) => this.fromNow(Number(instant) * 1000))
      .replace(MILLISECONDS, (instant) => this.fromNow(Number(instant)))
      .replace(DATE, (date) => this.fromNow(Date.parse(date)))
      .replace(ID, (id) => this.id(id));
  }

  /** A token is compared by what it says: header and claims, in their order. */
  private token(token: string): string {
    const [header = "", payload = ""] = token.split(".");
    const decode = (part: string) => Buffer.from(part, "base64url").toString("utf8");
    const claims = decode(payload).replace(/"iat":(\d+)(.*)"exp":(\d+)/, (_, iat, between, exp) => {
      const issued = this.fromNow(Number(iat) * 1000);
      return `"iat":${issued}${between}"exp":<iat + ${Number(exp) - Number(iat)} s>`;
    });
    const verdict = this.verified.has(token) ? "good" : "bad";
    return `<${verdict} token ${this.text(decode(header))} ${this.text(claims)}>`;
  }

  private signature(value: string, signature: string): string {
    const expected = createHmac("sha256", this.secret).update(unescaped(value)).digest("base64");
    return encodeURIComponent(expected) === signature ? "<signature>" : "<wrong signature>";
  }

  private fromNow(instant: number): string {
    const minutes = Math.round((instant - this.now) / MINUTE_MS);
    return minutes === 0 ? "<now>" : `<now ${minutes > 0 ? "+" : "-"} ${Math.abs(minutes)} min>`;
  }

  private id(id: string): string {
    const known = this.ids.get(id);
    if (known) return known;
    const name = `<id:${this.ids.size + 1}>`;
    this.ids.set(id, name);
    return name;
  }
}

function unescaped(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
}
