import { bearer } from "better-auth/plugins";

export default (options) => ({
  ...options,
  plugins: [...options.plugins, bearer({ requireSignature: true })],
});
