"use client";

import { BadgeCheck } from "lucide-react";
import { Outcome } from "@/components/account/outcome";
import { Section } from "@/components/account/section";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { useSubmit } from "@/components/use-submit";
import { authClient } from "@/lib/auth-client";
import type { EmailNotice } from "@/lib/notices";

/** Where the links of mails lead, after the auth server has done what they are for. */
const AFTER_LINK = { verified: "/account?email=verified", changed: "/account?email=changed" };

const NOTICES: Record<EmailNotice, string> = {
  verified: "Your address is confirmed.",
  changed: "Your address was changed.",
};

interface EmailFormProps {
  email: string;
  isVerified: boolean;
  notice: EmailNotice | undefined;
  linkFailed: boolean;
}

export function EmailForm({ email, isVerified, notice, linkFailed }: EmailFormProps) {
  const change = useSubmit(
    (entered) =>
      authClient.changeEmail({ newEmail: String(entered.get("new-email")), callbackURL: AFTER_LINK.changed }),
    (entered) => `If ${String(entered.get("new-email"))} can be yours, a mail with a link is on its way.`,
  );
  const verify = useSubmit(
    () => authClient.sendVerificationEmail({ email, callbackURL: AFTER_LINK.verified }),
    () => `A mail with a link is on its way to ${email}.`,
  );
  // What was done now is newer than what the address of the page says.
  const isTold = [change, verify].some(({ error, message }) => error ?? message);
  return (
    <Section
      title="E-mail"
      intro={
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium break-all text-foreground">{email}</span>
          {isVerified ? (
            <span className="inline-flex items-center gap-1">
              <BadgeCheck aria-hidden className="size-4" /> confirmed
            </span>
          ) : (
            <span>not confirmed yet</span>
          )}
        </span>
      }
    >
      {linkFailed && <Alert>This link is not valid any more. Please ask for a new one.</Alert>}
      {notice && !linkFailed && !isTold && <Alert kind="info">{NOTICES[notice]}</Alert>}
      {!isVerified && (
        <form method="post" onSubmit={verify.onSubmit} className="space-y-5">
          <Outcome {...verify} />
          <Button type="submit" variant="outline" disabled={verify.isBusy}>
            {verify.isSending ? "Sending…" : "Send a link to confirm it"}
          </Button>
        </form>
      )}
      <form method="post" onSubmit={change.onSubmit} className="space-y-5">
        <Outcome {...change} />
        <Field
          label="New e-mail"
          name="new-email"
          type="email"
          autoComplete="email"
          hint="It counts when you follow the link in the mail."
          required
        />
        <Button type="submit" disabled={change.isBusy}>
          {change.isSending ? "Sending…" : "Change e-mail"}
        </Button>
      </form>
    </Section>
  );
}
