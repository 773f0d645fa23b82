import { username } from "better-auth/plugins";

export default (options) => ({ ...options, plugins: [...options.plugins, username()] });
