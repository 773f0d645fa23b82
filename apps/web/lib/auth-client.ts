import { countersignClient } from "@countersign/client";
import { createAuthClient } from "better-auth/react";
import { sessionIsOver } from "@/lib/session-end";

/** The Better Auth client, which does not know which server answers, and the tokens for the API. */
export const authClient = createAuthClient({ plugins: [countersignClient({ onEnd: sessionIsOver })] });
