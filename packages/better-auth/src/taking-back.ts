/** `POST /revocations`: a resource server takes something back. */
import { createHash } from "node:crypto";
import type { GenericEndpointContext } from "@better-auth/core";
import { APIError } from "better-auth/api";
import { put } from "./inbox.ts";
import { append } from "./numbering.ts";

/** The largest leeway of a guard, in seconds. */
export const MAX_LEEWAY = 120;

/** What is to be taken back. */
export type Wish = { kind: "s" | "u"; name: string } | { kind: "j" | "t"; name: string; until: number | undefined };

/** Reads a body as docs/revocation.md has it. */
export function readWish(body: unknown): Wish {
  const { kind, name, token, until } = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  if (until !== undefined && !(Number.isSafeInteger(until) && (until as number) > 0)) {
    throw invalid("until in seconds since 1970");
  }
  const end = until as number | undefined;
  const named = typeof name === "string" && name.length >= 1 && name.length <= 1024 && token === undefined ? name : undefined;
  if (named !== undefined && (kind === "s" || kind === "u")) return { kind, name: named };
  if (named !== undefined && kind === "j") return { kind, name: named, until: end };
  if (kind === "t" && name === undefined && typeof token === "string") {
    const [, signed] = /^([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+$/.exec(token) ?? [];
    if (signed === undefined) throw invalid("a token in compact form");
    return { kind, name: createHash("sha256").update(signed).digest("base64url"), until: end };
  }
  throw invalid("kind j, s or u with a name, or kind t with a token");
}

/** Takes it back; a session that is here ends here, too. */
export async function takeBack(ctx: GenericEndpointContext, wish: Wish, until: number): Promise<void> {
  const { adapter, internalAdapter } = ctx.context;
  if (wish.kind === "j" || wish.kind === "t") {
    const end = wish.until === undefined ? until : wish.until + MAX_LEEWAY;
    return append(adapter, { kind: wish.kind, name: wish.name, before: null }, end);
  }
  if (wish.kind === "s") {
    const where = [{ field: "id", value: wish.name }];
    const session = await adapter.findOne<{ token: string }>({ model: "session", where });
    if (session) await internalAdapter.deleteSession(session.token);
  }
  await put(adapter, [wish.kind === "u" ? { ...wish, upTo: "now" } : wish], new Date());
}

function invalid(expected: string): APIError {
  return new APIError("BAD_REQUEST", { code: "VALIDATION_ERROR", message: `[body] expected ${expected}` });
}
