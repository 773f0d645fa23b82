import type { End } from "@countersign/client";
import { loginUrl } from "@/lib/return-url";

let isLeaving = false;

/** Leaves a page whose session is over, once: whoever notices later must not change the way. */
export function leave(address: string): void {
  if (isLeaving) return;
  isLeaving = true;
  // A page of its own: nothing of the session is left in memory.
  window.location.replace(address);
}

// A page out of the browser's memory heard nothing meanwhile: whose it was may have signed out.
if (typeof window !== "undefined") {
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
}

/** The session is over, and nobody did that on this page. */
export function sessionIsOver(why: End): void {
  // Whoever is signed in now gets a page of their own.
  if (why === "replaced") leave("/tasks");
  else if (why === "signed-out") leave("/");
  else leave(loginUrl(location.pathname + location.search, "session_expired"));
}
