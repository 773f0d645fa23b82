import { createApiClient } from "@countersign/client";
import { authClient } from "@/lib/auth-client";

/** The task API, on this origin. A session that was ended elsewhere changes nothing: every change takes a new token. */
export const api = createApiClient({
  baseURL: "/api",
  auth: authClient,
  freshBeforeChanges: true,
});
