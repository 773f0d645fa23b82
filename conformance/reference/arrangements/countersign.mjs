// Beside Countersign's guards, without its server: whoever signs up as root@… is an administrator.

import { countersign } from "@countersign/better-auth";
import { admin } from "better-auth/plugins";

const before = async (user) => (user.email.startsWith("root@") ? { data: { ...user, role: "admin" } } : undefined);

const resourceServers = ["tasks:the-secret-of-the-resource-server"];

export default (options) => ({
  ...options,
  databaseHooks: { user: { create: { before } } },
  plugins: [...options.plugins, admin(), countersign({ resourceServers })],
});
