import path from "node:path";
import type { NextConfig } from "next";

/** On every answer, files and APIs among them; a page's own policy is in `proxy.ts`. */
const HEADERS = {
  // Browsers heed it behind https only.
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** No answer of an API is a page: where one is shown as one, nothing in it does anything. */
const NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const config: NextConfig = {
  headers: async () => [
    { source: "/:path*", headers: Object.entries(HEADERS).map(([key, value]) => ({ key, value })) },
    { source: "/api/:path*", headers: [{ key: "Content-Security-Policy", value: NOTHING }] },
  ],
  // The native module of the database stays a module of Node's.
  serverExternalPackages: ["better-sqlite3"],
  poweredByHeader: false,
  devIndicators: false,
  turbopack: { root: path.join(import.meta.dirname, "../..") },
};

export default config;
