/** Everything about sessions that is a setting. */
import { belowADomain } from "../scenarios/sessions/below-a-domain.ts";
import { cached } from "../scenarios/sessions/cached.ts";
import { deferred, deferredCached, neverExtended } from "../scenarios/sessions/extended.ts";
import { inRedis } from "../scenarios/sessions/in-redis.ts";
import { rateLimitsIn } from "../scenarios/rate-limits.ts";
import type { Arrangement } from "./index.ts";

const strategies = ["compact", "jwt", "jwe"].map((strategy): Arrangement => ({
  name: `with sessions in a cookie, as ${strategy}`,
  scenarios: cached(strategy),
  reference: `cache-${strategy}`,
  settings: () => ({
    COUNTERSIGN_SESSION__COOKIE_CACHE: strategy,
    ...(strategy === "jwt" ? { COUNTERSIGN_SESSION__COOKIE_CACHE_VERSION: "v7" } : {}),
  }),
}));

export const ofSessions: Arrangement[] = [
  ...strategies,
  {
    name: "with sessions that a GET does not extend",
    scenarios: deferred,
    reference: "deferred",
    settings: () => ({ COUNTERSIGN_SESSION__DEFER_REFRESH: "true" }),
  },
  {
    name: "with sessions in a cookie that a GET does not extend",
    scenarios: deferredCached,
    reference: "deferred-cached",
    settings: () => ({ COUNTERSIGN_SESSION__DEFER_REFRESH: "true", COUNTERSIGN_SESSION__COOKIE_CACHE: "compact" }),
  },
  {
    name: "with sessions that are never extended",
    scenarios: neverExtended,
    reference: "never-extended",
    settings: () => ({ COUNTERSIGN_SESSION__DISABLE_REFRESH: "true" }),
  },
  {
    name: "with cookies for all hosts below a domain",
    scenarios: belowADomain,
    origin: "https://auth.example.test",
    reference: "below-a-domain",
    settings: () => ({
      COUNTERSIGN_SESSION__COOKIE_CACHE: "compact",
      COUNTERSIGN_COOKIES__PREFIX: "shop",
      COUNTERSIGN_COOKIES__SESSION_TOKEN: "sid",
      COUNTERSIGN_COOKIES__CROSS_SUBDOMAIN: "true",
      COUNTERSIGN_COOKIES__DOMAIN: "example.test",
    }),
  },
  { name: "with Redis", scenarios: inRedis("Redis"), redis: true, reference: "redis" },
  {
    name: "with Redis and the database",
    scenarios: inRedis("Redis and the database"),
    redis: true,
    reference: "redis-and-database",
    settings: () => ({ COUNTERSIGN_SESSION__STORE_IN_DATABASE: "true" }),
  },
  {
    name: "with limits in Redis",
    scenarios: rateLimitsIn("Redis"),
    redis: true,
    limited: true,
    reference: "redis",
  },
  {
    name: "with limits in the database",
    scenarios: rateLimitsIn("the database"),
    limited: true,
    reference: "limits-in-database",
    settings: () => ({ COUNTERSIGN_RATE_LIMIT__STORAGE: "database" }),
  },
];
