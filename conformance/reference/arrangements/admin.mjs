import { admin } from "better-auth/plugins";

export default (options) => ({
  ...options,
  plugins: [...options.plugins, admin({ defaultBanReason: "because", bannedUserMessage: "Write to us." })],
});
