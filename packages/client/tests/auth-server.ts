import { type AccessToken, accessToken } from "../src/access-token.ts";
import type { Browser } from "./browser.ts";

/** What asks for tokens, with a session that can end. It counts, and answers when it is let. */
export class AuthServer {
  asked = 0;
  /** Who is signed in. */
  user: string | undefined = "ann";
  lifeInSeconds = 900;
  failure: Error | undefined;
  readonly #browser: Browser;
  #gate: Promise<void> = Promise.resolve();

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Holds answers back, until what is returned is called. */
  hold(): () => void {
    let open = () => {};
    this.#gate = new Promise((resolve) => (open = resolve));
    return open;
  }

  readonly newToken = async (): Promise<AccessToken | undefined> => {
    this.asked += 1;
    const [at, user, number] = [this.#browser.now, this.user, this.asked];
    await this.#gate;
    if (this.failure) throw this.failure;
    return user === undefined ? undefined : accessToken(token(user, at / 1000, this.lifeInSeconds, number), undefined, at);
  };
}

/** A token as servers sign them; nobody here looks at the signature. */
export function token(sub: string, iat: number, life: number, jti: number | string = ""): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "EdDSA" })}.${part({ sub, iat, exp: iat + life, jti })}.c2lnbmF0dXJl`;
}
