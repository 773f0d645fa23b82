// A sign-up begins no session; an address that was never proven is changed at once.

import { outbox } from "../outbox.mjs";

export default function arrange(usual, { OUTBOX }) {
  const mail = outbox(OUTBOX);
  return {
    ...usual,
    emailAndPassword: { ...usual.emailAndPassword, autoSignIn: false, sendResetPassword: mail("reset-password") },
    emailVerification: { sendVerificationEmail: mail("verify-email"), sendOnSignUp: true },
    user: { changeEmail: { enabled: true, updateEmailWithoutVerification: true } },
  };
}
