import path from "node:path";
import type { NextConfig } from "next";

const config: NextConfig = {
  // The native module of the database stays a module of Node's.
  serverExternalPackages: ["better-sqlite3"],
  poweredByHeader: false,
  devIndicators: false,
  turbopack: { root: path.join(import.meta.dirname, "../..") },
};

export default config;
