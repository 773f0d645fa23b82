import { admin } from "better-auth/plugins";
import redis from "./redis.mjs";

export default (options, environment) => {
  const arranged = redis(options, environment);
  return { ...arranged, plugins: [...arranged.plugins, admin()] };
};
