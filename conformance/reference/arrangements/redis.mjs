/** Sessions are in Redis. */
import { redisStorage } from "@better-auth/redis-storage";
import { Redis } from "ioredis";

export default (usual, { REDIS_URL }) => ({
  ...usual,
  secondaryStorage: redisStorage({ client: new Redis(REDIS_URL) }),
});
