import { getSessionCookie } from "better-auth/cookies";
import { type NextRequest, NextResponse } from "next/server";
import { contentSecurityPolicy } from "@/lib/csp";
import { loginUrl } from "@/lib/return-url";

/** Pages for those who are signed in. */
const PRIVATE = ["/tasks", "/account"];

/**
 * In front of every page: a policy with a fresh nonce, and the way to the login for those who
 * cannot be signed in. That somebody is signed in is not decided here; the cookie is only there.
 */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  const isPrivate = PRIVATE.some((path) => pathname === path || pathname.startsWith(`${path}/`));
  if (isPrivate && !getSessionCookie(request)) {
    return NextResponse.redirect(new URL(loginUrl(pathname + search), request.url));
  }
  const nonce = btoa(crypto.randomUUID());
  const policy = contentSecurityPolicy(nonce, process.env.NODE_ENV === "development");
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("permissions-policy", "camera=(), geolocation=(), microphone=()");
  // What a page shows belongs to one person: no cache on the way keeps it.
  response.headers.set("cache-control", "private, no-store");
  return response;
}

export const config = {
  // Pages only: the policy of what is below /api is in `next.config.ts`, and files carry no markup.
  matcher: ["/((?!api/|_next/static|_next/image|icon.svg).*)"],
};
