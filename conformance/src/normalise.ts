/**
 * Takes out what may differ between two servers that do the same: which ids and tokens there are,
 * and what time it is. What is equal stays equal: the first id met is `<id:1>`, wherever it is met
 * again. Dates and times become their distance from now, in hours; the order of members stays.
 */
const ID = /\b[A-Za-z0-9]{32}\b/g;
const DATE = /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g;
const TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g;
const SIGNATURE = /(?:[A-Za-z0-9+/]|%2B|%2F){43}(?:=|%3D)/g;
const PUBLIC_KEY = /"x":"[\w-]{43}"/g;
const HOUR_MS = 3_600_000;

export class Normaliser {
  private readonly ids = new Map<string, string>();

  constructor(
    private readonly base: string,
    private readonly now: number,
  ) {}

  text(text: string): string {
    return text
      .replaceAll(this.base, "<origin>")
      .replace(TOKEN, (token) => this.token(token))
      .replace(SIGNATURE, "<signature>")
      .replace(PUBLIC_KEY, `"x":"<public key>"`)
      .replace(DATE, (date) => this.date(date))
      .replace(ID, (id) => this.id(id));
  }

  /** A token is compared by what it says: header and claims, in their order. */
  private token(token: string): string {
    const [header = "", payload = ""] = token.split(".");
    const decode = (part: string) => Buffer.from(part, "base64url").toString("utf8");
    const claims = decode(payload).replace(/"iat":(\d+)(.*)"exp":(\d+)/, (_, iat, between, exp) => {
      return `"iat":<now>${between}"exp":<iat + ${Number(exp) - Number(iat)} s>`;
    });
    return `<token ${this.text(decode(header))} ${this.text(claims)}>`;
  }

  private date(date: string): string {
    const hours = Math.round((Date.parse(date) - this.now) / HOUR_MS);
    return hours === 0 ? "<now>" : `<now ${hours > 0 ? "+" : "-"} ${Math.abs(hours)} h>`;
  }

  private id(id: string): string {
    const known = this.ids.get(id);
    if (known) return known;
    const name = `<id:${this.ids.size + 1}>`;
    this.ids.set(id, name);
    return name;
  }
}
