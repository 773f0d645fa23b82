import { createHash, timingSafeEqual } from "node:crypto";
import { BetterAuthError } from "@better-auth/core/error";
import { APIError } from "better-auth/api";

const ENTRY = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9._~-]{32,})$/;

/** Services that show themselves by HTTP Basic. */
export class ResourceServers {
  readonly #known: { name: string; secret: Buffer }[];

  /** Of texts `NAME:SECRET`. */
  constructor(entries: string[]) {
    this.#known = entries.map((entry) => {
      const [, name, secret] = ENTRY.exec(entry) ?? [];
      if (name === undefined || secret === undefined) {
        throw new BetterAuthError(
          "countersign(): an entry of `resourceServers` is not NAME:SECRET, with 1 to 64 of A-Z a-z 0-9 . _ - as name and at " +
            "least 32 of these and ~ as secret; `openssl rand -hex 32` makes one",
        );
      }
      return { name, secret: digest(secret) };
    });
  }

  /** The name of the service; `undefined` without a credential. One that is wrong is refused, not overlooked. */
  authenticate(headers: Headers | undefined): string | undefined {
    const line = headers?.get("authorization");
    if (line == null) return undefined;
    const [, encoded = ""] = /^basic +([A-Za-z0-9+/=]+) *$/i.exec(line) ?? [];
    const [, name, secret = ""] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString()) ?? [];
    const shown = digest(secret);
    // Every secret is compared, whatever the name.
    const found = this.#known.filter((known) => timingSafeEqual(known.secret, shown) && known.name === name);
    if (found[0] === undefined) throw unknown();
    return found[0].name;
  }
}

/** Who shows no credential that is known here. */
export function unknown(): APIError {
  const refusal = { code: "INVALID_CLIENT", message: "Show a resource server's credential by HTTP Basic" };
  return new APIError("UNAUTHORIZED", refusal, { "WWW-Authenticate": 'Basic realm="revocations"' });
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
