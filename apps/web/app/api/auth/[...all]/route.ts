import { forward } from "@/lib/forward";
import { authServer, authServerUrl } from "@/lib/settings";

/** The auth server's endpoints, on the app's own origin: forwarded, or answered in here. */
async function handle(request: Request): Promise<Response> {
  if (authServer() === "better-auth") {
    const { betterAuthHandler } = await import("@/lib/better-auth");
    const answer = await (await betterAuthHandler())(request);
    // Tokens and sessions are in its answers, and it leaves open who may keep them.
    if (!answer.headers.has("cache-control")) answer.headers.set("cache-control", "no-store");
    return answer;
  }
  const { pathname, search } = new URL(request.url);
  return forward(request, new URL(pathname + search, authServerUrl()), "The auth server");
}

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
