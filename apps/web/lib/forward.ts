import { trustsForwardedFor } from "@/lib/settings";

/** Headers that belong to one connection (RFC 9110 §7.6.1), beside those that `Connection` names. */
const OF_ONE_CONNECTION = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** `fetch` writes these itself. */
const NOT_FORWARDED = ["accept-encoding", "content-length", "expect", "host"];

/** `fetch` has unpacked the body already. */
const NOT_RETURNED = ["content-encoding", "content-length"];

/** Answers that have no body (Fetch §2.2.3). */
const EMPTY = new Set([204, 205, 304]);

/** Both servers take less; nothing larger is read into memory here. */
const LARGEST_BODY = 1_000_000;

/**
 * Hands a request on to another server and its answer back, redirects and cookies as they are.
 *
 * Only headers for which `wanted` answers true are handed on. `X-Forwarded-*` and `Forwarded` are
 * what the browser wrote unless a proxy stands in front, so they are dropped unless the settings
 * say that one does. When the other server cannot be reached, the answer is a 503 problem
 * document: never a 401, which would sign people out.
 */
export async function forward(
  request: Request,
  target: URL,
  what: string,
  wanted: (header: string) => boolean = () => true,
): Promise<Response> {
  const headers = new Headers();
  const notForwarded = ofOneConnection(request.headers, NOT_FORWARDED);
  for (const [name, value] of request.headers) {
    const isProxys = name.startsWith("x-forwarded-") || name === "forwarded";
    if (notForwarded.has(name) || !wanted(name) || (isProxys && !trustsForwardedFor())) continue;
    headers.append(name, value);
  }
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  const body = hasBody ? await bodyOf(request) : null;
  if (body === "too large") return tooLarge();
  let answer: Response;
  try {
    answer = await fetch(target, {
      method: request.method,
      headers,
      body,
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(15_000),
    });
  } catch (error) {
    console.error(`${what} cannot be reached at ${target.origin}:`, error);
    return unreachable(what);
  }
  const returned = new Headers();
  const notReturned = ofOneConnection(answer.headers, NOT_RETURNED);
  for (const [name, value] of answer.headers) {
    if (!notReturned.has(name)) returned.append(name, value);
  }
  const content = EMPTY.has(answer.status) ? null : answer.body;
  return new Response(content, { status: answer.status, headers: returned });
}

function ofOneConnection(headers: Headers, others: string[]): Set<string> {
  const named = (headers.get("connection") ?? "").toLowerCase().split(",");
  return new Set([...OF_ONE_CONNECTION, ...others, ...named.map((name) => name.trim())]);
}

/** The whole body, unless it is too large: a chunked one does not say so before. */
async function bodyOf(request: Request): Promise<Uint8Array<ArrayBuffer> | null | "too large"> {
  if (Number(request.headers.get("content-length") ?? 0) > LARGEST_BODY) return "too large";
  if (!request.body) return null;
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    if (length > LARGEST_BODY) {
      await reader.cancel();
      return "too large";
    }
    parts.push(part.value);
  }
  const body = new Uint8Array(length);
  let position = 0;
  for (const part of parts) {
    body.set(part, position);
    position += part.length;
  }
  return body;
}

function unreachable(what: string): Response {
  const detail = `${what} cannot be reached at the moment. Please try again.`;
  const response = problem(503, "Service Unavailable", "unavailable", detail);
  response.headers.set("retry-after", "1");
  return response;
}

function tooLarge(): Response {
  return problem(413, "Payload Too Large", "too_large", "The body is larger than 1 MB.");
}

function problem(status: number, title: string, code: string, detail: string): Response {
  const headers = { "content-type": "application/problem+json" };
  return Response.json({ type: "about:blank", title, status, detail, code }, { status, headers });
}
