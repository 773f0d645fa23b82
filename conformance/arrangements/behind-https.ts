import { https } from "../scenarios/https.ts";
import type { Arrangement } from "./index.ts";

export const behindHttps: Arrangement = {
  name: "behind https, with further trusted origins",
  scenarios: https,
  origin: "https://auth.test",
  trusted: ["https://app.test", "https://*.wild.test", "myapp://callback"],
};
