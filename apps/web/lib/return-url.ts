/** Where people go when nothing better is known. */
export const HOME = "/tasks";

const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * The path to return to after signing in: a path of this app, or {@link HOME}.
 *
 * The value comes from the address bar, so anybody can write it. Taken is only what every browser
 * reads as a path here: one slash at the start, no backslash, no control character, and not the
 * login page itself.
 */
export function safeReturnUrl(value: string | null | undefined): string {
  if (!value?.startsWith("/") || value.startsWith("//")) return HOME;
  if (value.includes("\\") || CONTROL_CHARACTERS.test(value)) return HOME;
  const here = "https://app.invalid";
  let url: URL;
  try {
    url = new URL(value, here);
  } catch {
    return HOME;
  }
  if (url.origin !== here || url.pathname.startsWith("//")) return HOME;
  if (url.pathname === "/login" || url.pathname === "/sign-up") return HOME;
  return url.pathname + url.search + url.hash;
}

/** The login page, which returns to `path`; with the reason when a session was lost. */
export function loginUrl(path: string, error?: "session_expired"): string {
  const query = new URLSearchParams({ returnUrl: path });
  if (error) query.set("error", error);
  return `/login?${query}`;
}
