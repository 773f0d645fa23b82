import type { Observed } from "./notebook.ts";

/** A difference that is meant: in which scenarios, which parts, and why. */
export interface Deliberate {
  scenarios: string[];
  /** Such as `0.body` or `2.headers.location`: the exchange's number and its part. */
  parts: string[];
  reason: string;
}

export interface Difference {
  part: string;
  reference: unknown;
  subject: unknown;
}

/** Everything in which two servers differ, part by part. */
export function differences(reference: Observed[], subject: Observed[]): Difference[] {
  const found: Difference[] = [];
  const length = Math.max(reference.length, subject.length);
  for (let index = 0; index < length; index += 1) {
    const [one, other] = [flat(reference[index]), flat(subject[index])];
    for (const part of new Set([...Object.keys(one), ...Object.keys(other)])) {
      if (one[part] !== other[part] && !isMeantEverywhere(part, one[part], other[part])) {
        found.push({ part: `${index}.${part}`, reference: one[part], subject: other[part] });
      }
    }
  }
  return found;
}

/**
 * Better Auth lets caches keep most answers, tokens among them; Countersign lets none (RFC 6750 §5.3). And it
 * tells a browser that follows a link of a mail not to pass the link on. Claims are a set: those about a session
 * that was read from a cookie come in another order from Better Auth. Public keys say what they are for, and may be
 * kept for some minutes under a name.
 */
function isMeantEverywhere(part: string, reference: unknown, subject: unknown): boolean {
  if (part === "headers.set-auth-jwt") return membersOf(reference) === membersOf(subject);
  if (part === "body") return reference === String(subject).replaceAll(`,"use":"sig","kid"`, `,"kid"`);
  if (reference !== undefined) return false;
  return (
    (part === "headers.cache-control" && subject === "public, max-age=300, stale-if-error=86400") ||
    (part === "headers.etag" && /^"[0-9a-f]{16}"$/.test(String(subject))) ||
    (part === "headers.cache-control" && subject === "no-store") ||
    (part === "headers.referrer-policy" && subject === "no-referrer")
  );
}

function membersOf(token: unknown): string {
  return String(token).split(/[{},]/).sort().join();
}

function flat(observed: Observed | undefined): Record<string, unknown> {
  if (!observed) return { exchange: "missing" };
  const { request, status, statusText, headers, setCookie, body } = observed;
  const named = Object.entries(headers).map(([name, value]) => [`headers.${name}`, value]);
  return {
    request,
    status,
    statusText,
    body,
    // Order counts: a browser applies them one after the other.
    setCookie: setCookie.join("\n"),
    ...Object.fromEntries(named),
  };
}
