import { jwtClient } from "better-auth/client/plugins";
import { createAuthClient } from "better-auth/react";

/** The Better Auth client, as it is: it does not know which server answers. */
export const authClient = createAuthClient({ plugins: [jwtClient()] });
