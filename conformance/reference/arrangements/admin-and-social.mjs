import { admin } from "better-auth/plugins";
import social from "./social.mjs";

export default function adminAndSocial(usual, environment) {
  const options = social(usual, environment);
  return { ...options, plugins: [...options.plugins, admin()] };
}
