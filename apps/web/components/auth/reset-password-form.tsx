"use client";

import Link from "next/link";
import { AuthCard } from "@/components/auth/auth-card";
import { NewPassword } from "@/components/auth/new-password";
import { Alert } from "@/components/ui/alert";
import { Button, buttonVariants } from "@/components/ui/button";
import { useSubmit } from "@/components/use-submit";
import { authClient } from "@/lib/auth-client";

/** Behind the link of the mail; without a token the link was not valid any more. */
export function ResetPasswordForm({ token }: { token: string | undefined }) {
  const form = useSubmit(
    (entered) => authClient.resetPassword({ newPassword: String(entered.get("password")), token: token ?? "" }),
    () => {
      window.location.replace("/login?done=password_reset");
      return undefined;
    },
  );
  return (
    <AuthCard title="New password" intro="Choose one that you use nowhere else.">
      {token === undefined ? (
        <div className="space-y-5">
          <Alert>This link is not valid any more.</Alert>
          <Link href="/forgot-password" className={buttonVariants({ className: "w-full" })}>
            Ask for a new one
          </Link>
        </div>
      ) : (
        <form method="post" onSubmit={form.onSubmit} className="space-y-5">
          {form.error && <Alert>{form.error}</Alert>}
          <NewPassword />
          <Button type="submit" disabled={form.isBusy} className="w-full">
            {form.isSending ? "Saving…" : "Save password"}
          </Button>
        </form>
      )}
    </AuthCard>
  );
}
