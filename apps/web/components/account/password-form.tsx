"use client";

import { Outcome } from "@/components/account/outcome";
import { Section } from "@/components/account/section";
import { NewPassword } from "@/components/auth/new-password";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { useSubmit } from "@/components/use-submit";
import { authClient } from "@/lib/auth-client";

/** `onChanged`: other devices may have been signed out. */
export function PasswordForm({ email, onChanged }: { email: string; onChanged: () => void }) {
  const form = useSubmit(
    (entered) =>
      authClient.changePassword({
        currentPassword: String(entered.get("current-password")),
        newPassword: String(entered.get("password")),
        revokeOtherSessions: entered.get("everywhere") === "on",
      }),
    () => {
      onChanged();
      return "Your password is changed.";
    },
  );
  return (
    <Section title="Password">
      <form method="post" onSubmit={form.onSubmit} className="space-y-5">
        <Outcome {...form} />
        {/* Password managers want to know whose password it is. */}
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <Field
          label="Current password"
          name="current-password"
          type="password"
          autoComplete="current-password"
          required
        />
        <NewPassword label="New password" />
        <label className="flex min-h-6 items-center gap-2.5 text-sm">
          <input type="checkbox" name="everywhere" defaultChecked className="size-4.5 accent-accent" />
          Sign out all other devices
        </label>
        <Button type="submit" disabled={form.isBusy}>
          {form.isSending ? "Changing…" : "Change password"}
        </Button>
      </form>
    </Section>
  );
}
