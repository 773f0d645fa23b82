import { authServer, authServerUrl, tasksApiUrl } from "@/lib/settings";

/** Runs once at the start: a bad setting is told now, not with the first request. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  tasksApiUrl();
  if (authServer() === "countersign") {
    authServerUrl();
    return;
  }
  const { betterAuthHandler } = await import("@/lib/better-auth");
  await betterAuthHandler();
}
