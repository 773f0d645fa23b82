import { trustsForwardedFor } from "@/lib/settings";

/** Headers that belong to one connection, or that `fetch` writes itself. */
const NOT_FORWARDED = new Set([
  "accept-encoding",
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const NOT_RETURNED = new Set(["connection", "content-encoding", "content-length", "keep-alive", "transfer-encoding"]);

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
  for (const [name, value] of request.headers) {
    const isProxys = name.startsWith("x-forwarded-") || name === "forwarded";
    if (NOT_FORWARDED.has(name) || !wanted(name) || (isProxys && !trustsForwardedFor())) continue;
    headers.append(name, value);
  }
  if (Number(request.headers.get("content-length") ?? 0) > LARGEST_BODY) return tooLarge();
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  let answer: Response;
  try {
    answer = await fetch(target, {
      method: request.method,
      headers,
      body: hasBody ? await request.arrayBuffer() : null,
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(15_000),
    });
  } catch (error) {
    console.error(`${what} cannot be reached at ${target.origin}:`, error);
    return unreachable(what);
  }
  const returned = new Headers();
  for (const [name, value] of answer.headers) {
    if (!NOT_RETURNED.has(name)) returned.append(name, value);
  }
  const isEmpty = answer.status === 204 || answer.status === 304;
  return new Response(isEmpty ? null : answer.body, { status: answer.status, headers: returned });
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
