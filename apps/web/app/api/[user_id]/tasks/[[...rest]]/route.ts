import { forward } from "@/lib/forward";
import { tasksApiUrl } from "@/lib/settings";

/** What the task API needs. Cookies are not among it: there, only the token counts. */
const WANTED = new Set(["accept", "authorization", "content-type", "user-agent", "x-request-id"]);

/** The task API, on the app's own origin. Paths go on as they were written. */
function handle(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const target = new URL(pathname + search, tasksApiUrl());
  return forward(request, target, "The task API", (header) => WANTED.has(header));
}

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
