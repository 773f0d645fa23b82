// Only proven addresses sign in, and whatever a mail can protect takes one.

import { outbox } from "../outbox.mjs";

export default function arrange(usual, { OUTBOX }) {
  const mail = outbox(OUTBOX);
  return {
    ...usual,
    emailAndPassword: {
      ...usual.emailAndPassword,
      requireEmailVerification: true,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: mail("reset-password"),
    },
    emailVerification: {
      sendVerificationEmail: mail("verify-email"),
      sendOnSignIn: true,
      autoSignInAfterVerification: true,
    },
    user: {
      changeEmail: { enabled: true, sendChangeEmailConfirmation: mail("change-email-confirmation") },
      deleteUser: { enabled: true, sendDeleteAccountVerification: mail("delete-account") },
    },
  };
}
