/**
 * The Content-Security-Policy of one answer. Scripts and styles run when they come from here and
 * carry the nonce, which nobody can guess and nothing repeats.
 */
export function contentSecurityPolicy(nonce: string, isDevelopment: boolean): string {
  const policy = {
    "default-src": "'self'",
    // The development server compiles in the browser.
    "script-src": `'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    "style-src": isDevelopment ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`,
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
  };
  return Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join("; ");
}
