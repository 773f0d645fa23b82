// The same, with tokens that name their session, as a server of Countersign beside it writes them.

import { minimalClaims } from "@countersign/better-auth";
import { jwt } from "better-auth/plugins";
import arrange from "./countersign.mjs";

const naming = (options) => jwt({ ...options, jwt: { definePayload: minimalClaims } });

export default (options) =>
  arrange({ ...options, plugins: options.plugins.map((plugin) => (plugin.id === "jwt" ? naming(plugin.options) : plugin)) });
