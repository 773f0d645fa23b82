/** What the address of a page says that just happened. Anybody can write it, so it is only words. */
export type EmailNotice = "verified" | "changed";

export function emailNotice(value: string | string[] | undefined): EmailNotice | undefined {
  return value === "verified" || value === "changed" ? value : undefined;
}

/** Why somebody was sent to the login page. */
export type LoginNotice = "session_expired" | "password_reset" | "provider_failed";

/** `error` is ours or an identity provider's; any other than ours means that its sign-in failed. */
export function loginNotice(
  error: string | string[] | undefined,
  done: string | string[] | undefined,
): LoginNotice | undefined {
  if (error === "session_expired") return "session_expired";
  if (typeof error === "string") return "provider_failed";
  return done === "password_reset" ? "password_reset" : undefined;
}
