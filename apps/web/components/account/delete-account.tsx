"use client";

import { useState } from "react";
import { Outcome } from "@/components/account/outcome";
import { Section } from "@/components/account/section";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { useSubmit } from "@/components/use-submit";
import { authClient } from "@/lib/auth-client";
import { leave } from "@/lib/session-end";

/** Asked for twice: by a button, and by the password of those who have one. */
export function DeleteAccount({ hasPassword }: { hasPassword: boolean }) {
  const [isSure, setSure] = useState(false);
  const form = useSubmit(
    (entered) => authClient.deleteUser(hasPassword ? { password: String(entered.get("confirm-password")) } : {}),
    () => {
      leave("/");
      return undefined;
    },
  );
  return (
    <Section title="Delete account" intro="Your account and every session end at once. This cannot be undone.">
      {isSure ? (
        <form method="post" onSubmit={form.onSubmit} className="space-y-5">
          <Outcome {...form} />
          {hasPassword && (
            <Field
              label="Your password"
              name="confirm-password"
              type="password"
              autoComplete="current-password"
              autoFocus
              required
            />
          )}
          <div className="flex flex-wrap gap-3">
            <Button type="submit" variant="danger" disabled={form.isBusy}>
              {form.isSending ? "Deleting…" : "Delete for ever"}
            </Button>
            <Button variant="ghost" onClick={() => setSure(false)}>
              Keep it
            </Button>
          </div>
        </form>
      ) : (
        <Button variant="danger" onClick={() => setSure(true)}>
          Delete account…
        </Button>
      )}
    </Section>
  );
}
