import { APIError } from "better-auth/api";

/** What a guard asks. */
export type Question = {
  /** Up to which entry it has followed which sequence. */
  followed: { epoch: string; after: number } | undefined;
  /** For how many seconds the answer may wait for news. */
  wait: number;
  nonce: string | undefined;
  /** The asking guard's name, and the ids of the keys that it holds. */
  guard: string | undefined;
  kids: string | undefined;
  /** Whether answers come as server-sent events. */
  asEvents: boolean;
};

/** Reads a question; what is not as docs/revocation-feed.md says is a 400. */
export function readQuestion(query: Record<string, unknown>, headers: Headers | undefined): Question {
  const text = (name: string) => {
    const value = query[name];
    if (value !== undefined && typeof value !== "string") throw invalid(name, "one text");
    return value;
  };
  const checked = (name: string, pattern: RegExp, expected: string) => {
    const value = text(name);
    if (value !== undefined && !pattern.test(value)) throw invalid(name, expected);
    return value;
  };
  const number = (name: string) => {
    const value = checked(name, /^[0-9]{1,15}$/, "a whole number");
    return value === undefined ? undefined : Number(value);
  };
  const [epoch, after, wait] = [text("epoch"), number("after"), number("wait") ?? 0];
  if (wait > 30) throw invalid("wait", "a whole number from 0 to 30");
  const nonce = checked("nonce", /^[A-Za-z0-9_-]{0,64}$/, "up to 64 characters of base64url");
  const guard = checked("guard", /^[A-Za-z0-9._-]{1,64}$/, "1 to 64 of A-Z a-z 0-9 . _ -");
  const kids = checked("kids", /^\P{Cc}{0,4096}$/u, "ids of keys, up to 4096 characters");
  const asked = epoch === undefined || after === undefined ? undefined : { epoch, after };
  const followed = place(headers?.get("last-event-id")) ?? asked;
  const accepted = (headers?.get("accept") ?? "").split(",").map((kind) => kind.split(";")[0]?.trim());
  return { followed, wait, nonce, guard, kids, asEvents: accepted.includes("text/event-stream") };
}

/** `epoch:to`, as an event's id is written. */
function place(id: string | null | undefined): Question["followed"] {
  const [, epoch, after] = /^(.*):([0-9]{1,15})$/.exec(id ?? "") ?? [];
  return epoch === undefined ? undefined : { epoch, after: Number(after) };
}

function invalid(name: string, expected: string): APIError {
  const message = `[query.${name}] Invalid input: expected ${expected}`;
  return new APIError("BAD_REQUEST", { code: "VALIDATION_ERROR", message });
}
