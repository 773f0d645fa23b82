/** What takes a mail, or would take one: a pair of servers for each way to set that up. */
import { changeEmail, changeUnprovenEmail } from "../scenarios/mail/change-email.ts";
import { deleteUser, deleteUserByMail } from "../scenarios/mail/delete-user.ts";
import { provenOnly } from "../scenarios/mail/proven-only.ts";
import { quietSignUp } from "../scenarios/mail/quiet-sign-up.ts";
import { resetPassword } from "../scenarios/mail/reset-password.ts";
import { verifyEmail } from "../scenarios/mail/verify-email.ts";
import { noMail, noPasswords, noSignUp } from "../scenarios/mail/without.ts";
import type { Arrangement } from "./index.ts";

export const mail: Arrangement[] = [
  {
    name: "with mail",
    scenarios: [...resetPassword, ...verifyEmail, ...changeEmail, ...deleteUser],
    reference: "mail",
    settings: ({ outbox }) => ({
      COUNTERSIGN_MAIL: `outbox:${outbox}`,
      COUNTERSIGN_CHANGE_EMAIL__ENABLED: "true",
      COUNTERSIGN_DELETE_USER__ENABLED: "true",
    }),
  },
  {
    name: "with mail for everything",
    scenarios: [...provenOnly, ...deleteUserByMail],
    reference: "mail-for-everything",
    settings: ({ outbox }) => ({
      COUNTERSIGN_MAIL: `outbox:${outbox}`,
      COUNTERSIGN_EMAIL_PASSWORD__REQUIRE_EMAIL_VERIFICATION: "true",
      COUNTERSIGN_EMAIL_PASSWORD__REVOKE_SESSIONS_ON_PASSWORD_RESET: "true",
      COUNTERSIGN_EMAIL_VERIFICATION__SEND_ON_SIGN_IN: "true",
      COUNTERSIGN_EMAIL_VERIFICATION__AUTO_SIGN_IN_AFTER_VERIFICATION: "true",
      COUNTERSIGN_CHANGE_EMAIL__ENABLED: "true",
      COUNTERSIGN_CHANGE_EMAIL__SEND_CONFIRMATION: "true",
      COUNTERSIGN_DELETE_USER__ENABLED: "true",
      COUNTERSIGN_DELETE_USER__SEND_VERIFICATION: "true",
    }),
  },
  {
    name: "with mail, and no session at sign-up",
    scenarios: [...quietSignUp, ...changeUnprovenEmail],
    reference: "mail-quiet-sign-up",
    settings: ({ outbox }) => ({
      COUNTERSIGN_MAIL: `outbox:${outbox}`,
      COUNTERSIGN_EMAIL_PASSWORD__AUTO_SIGN_IN: "false",
      COUNTERSIGN_EMAIL_VERIFICATION__SEND_ON_SIGN_UP: "true",
      COUNTERSIGN_CHANGE_EMAIL__ENABLED: "true",
      COUNTERSIGN_CHANGE_EMAIL__UPDATE_EMAIL_WITHOUT_VERIFICATION: "true",
    }),
  },
  {
    name: "without mail where it is needed",
    scenarios: noMail,
    reference: "no-mail",
    settings: () => ({
      COUNTERSIGN_CHANGE_EMAIL__ENABLED: "true",
      COUNTERSIGN_DELETE_USER__ENABLED: "true",
    }),
  },
  {
    name: "without sign-up",
    scenarios: noSignUp,
    reference: "no-sign-up",
    settings: () => ({ COUNTERSIGN_EMAIL_PASSWORD__DISABLE_SIGN_UP: "true" }),
  },
  {
    name: "without passwords",
    scenarios: noPasswords,
    reference: "no-passwords",
    settings: () => ({ COUNTERSIGN_EMAIL_PASSWORD__ENABLED: "false" }),
  },
];
