// Mail, and what it takes to change an address and to delete oneself.

import { outbox } from "../outbox.mjs";

export default function arrange(usual, { OUTBOX }) {
  const mail = outbox(OUTBOX);
  return {
    ...usual,
    emailAndPassword: { ...usual.emailAndPassword, sendResetPassword: mail("reset-password") },
    emailVerification: { sendVerificationEmail: mail("verify-email") },
    user: { changeEmail: { enabled: true }, deleteUser: { enabled: true } },
  };
}
