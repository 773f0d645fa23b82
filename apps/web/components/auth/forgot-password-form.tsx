"use client";

import Link from "next/link";
import { Outcome } from "@/components/account/outcome";
import { AuthCard } from "@/components/auth/auth-card";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { useSubmit } from "@/components/use-submit";
import { authClient } from "@/lib/auth-client";

/** Says the same for every address: who has an account here is nobody's business. */
export function ForgotPasswordForm() {
  const form = useSubmit(
    (entered) =>
      authClient.requestPasswordReset({ email: String(entered.get("email")), redirectTo: "/reset-password" }),
    () => "If there is an account with this address, a mail with a link is on its way.",
  );
  return (
    <AuthCard title="Forgotten password" intro="A link in a mail lets you choose a new one.">
      <form method="post" onSubmit={form.onSubmit} className="space-y-5">
        <Outcome {...form} />
        <Field label="E-mail" name="email" type="email" autoComplete="username" required />
        <Button type="submit" disabled={form.isBusy} className="w-full">
          {form.isSending ? "Sending…" : "Send the link"}
        </Button>
      </form>
      <p className="mt-6 text-center text-sm text-subtle">
        Remembered it?{" "}
        <Link href="/login" className="font-medium text-foreground underline underline-offset-4">
          Sign in
        </Link>
      </p>
    </AuthCard>
  );
}
