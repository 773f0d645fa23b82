/** Sessions are in Redis and in the database. */
import redis from "./redis.mjs";

export default (usual, env) => ({ ...redis(usual, env), session: { storeSessionInDatabase: true } });
