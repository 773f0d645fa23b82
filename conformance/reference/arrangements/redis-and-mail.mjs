// Redis, mail and identity providers: what somebody has to bring back once is in Redis.

import { outbox } from "../outbox.mjs";
import redis from "./redis.mjs";
import social from "./social.mjs";

export default function arrange(usual, env) {
  const mail = outbox(env.OUTBOX);
  return {
    ...social(redis(usual, env), env),
    emailAndPassword: { ...usual.emailAndPassword, sendResetPassword: mail("reset-password") },
    emailVerification: { sendVerificationEmail: mail("verify-email"), sendOnSignIn: true },
    user: { deleteUser: { enabled: true, sendDeleteAccountVerification: mail("delete-account") } },
  };
}
