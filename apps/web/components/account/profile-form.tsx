"use client";

import { Outcome } from "@/components/account/outcome";
import { Section } from "@/components/account/section";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { useSubmit } from "@/components/use-submit";
import { authClient } from "@/lib/auth-client";

export function ProfileForm({ name }: { name: string }) {
  const form = useSubmit(
    (entered) => authClient.updateUser({ name: String(entered.get("name")).trim() }),
    () => "Your name is saved.",
  );
  return (
    <Section title="Profile">
      <form method="post" onSubmit={form.onSubmit} className="space-y-5">
        <Outcome {...form} />
        {/* A name that was saved is the one that a reset of the form goes back to. */}
        <Field key={name} label="Name" name="name" autoComplete="name" defaultValue={name} required />
        <Button type="submit" disabled={form.isBusy}>
          {form.isSending ? "Saving…" : "Save name"}
        </Button>
      </form>
    </Section>
  );
}
