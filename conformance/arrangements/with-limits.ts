import { rateLimits } from "../scenarios/rate-limits.ts";
import type { Arrangement } from "./index.ts";

export const withLimits: Arrangement = { name: "with rate limits", scenarios: rateLimits, limited: true };
