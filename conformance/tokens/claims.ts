/** Claims as issuers make them, drawn from a seed: the same at every run. */

export const ISSUER = "https://auth.test";
export const AUDIENCE = "task-api";
export const NOW = 1_800_000_000;
const DAY_S = 86_400;

const LETTERS = [..."abcXYZ019 -_.:/+~@'\"\\<>&%$#", ..."äßñøжλ漢字한글עברית🙂👩‍🚀𝔘\u2028\u00a0\u0301"];

export type Claims = Record<string, unknown>;

/** Draws claims that every verifier has to take. */
export class ClaimsGenerator {
  constructor(private state: number) {}

  claims(): Claims {
    const exp = NOW + this.below(DAY_S - 60) + 1;
    const claims: Claims = { iss: ISSUER, aud: this.audience(), sub: this.text(40), exp };
    const optional: Record<string, () => unknown> = {
      iat: () => NOW - this.below(60),
      nbf: () => NOW - this.below(DAY_S),
      jti: () => this.below(2 ** 52).toString(36),
      sid: () => this.text(20),
      sessionId: () => this.text(20),
      scope: () => ["tasks:read", "tasks:write", "profile"].slice(this.below(3)).join(" "),
      role: () => this.pick(["user", "admin", "user,admin", null]),
      name: () => this.text(30),
      emailVerified: () => this.below(2) === 1,
      [this.text(12)]: () => this.value(4),
      [this.text(12)]: () => this.value(4),
    };
    for (const [name, value] of Object.entries(optional)) {
      if (this.below(2) === 1) claims[name] = value();
    }
    return claims;
  }

  /** A number from 0 to below the limit (mulberry32). */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  private fraction(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  private audience(): string | string[] {
    if (this.below(3) === 0) return AUDIENCE;
    const others = Array.from({ length: this.below(4) }, () => this.text(20));
    others.splice(this.below(others.length + 1), 0, AUDIENCE);
    return others;
  }

  /** A text with a letter at either end. */
  private text(most: number): string {
    const middle = Array.from({ length: this.below(most) }, () => this.pick(LETTERS)).join("");
    return `k${middle}z`;
  }

  private value(depth: number): unknown {
    const simple = [
      null,
      this.below(2) === 1,
      this.below(2 ** 53) - 2 ** 52,
      this.fraction() * 10 ** (this.below(40) - 20),
      `\t\r\n\u0001${this.text(30)}`,
    ];
    const kind = this.below(depth === 0 ? simple.length : simple.length + 2);
    if (kind < simple.length) return simple[kind];
    const inner = Array.from({ length: this.below(4) }, () => this.value(depth - 1));
    return kind === simple.length ? inner : Object.fromEntries(inner.map((value) => [this.text(8), value]));
  }
}
