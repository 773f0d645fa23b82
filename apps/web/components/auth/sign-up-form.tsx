"use client";

import Link from "next/link";
import { AuthCard } from "@/components/auth/auth-card";
import { NewPassword } from "@/components/auth/new-password";
import { SocialButtons } from "@/components/auth/social-buttons";
import { useAuthForm } from "@/components/auth/use-auth-form";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { authClient } from "@/lib/auth-client";

export function SignUpForm({ returnUrl, providers }: { returnUrl: string; providers: string[] }) {
  const { error, isBusy, isSending, onSubmit } = useAuthForm(returnUrl, (form) =>
    authClient.signUp.email({
      name: String(form.get("name")).trim(),
      email: String(form.get("email")),
      password: String(form.get("password")),
    }),
  );
  return (
    <AuthCard title="Start a list" intro="It takes a minute, and nobody writes to you.">
      <form method="post" onSubmit={onSubmit} className="space-y-5">
        {error && <Alert>{error}</Alert>}
        <Field label="Name" name="name" autoComplete="name" required />
        <Field label="E-mail" name="email" type="email" autoComplete="username" required />
        <NewPassword />
        <Button type="submit" disabled={isBusy} className="w-full">
          {isSending ? "Signing up…" : "Sign up"}
        </Button>
      </form>
      <SocialButtons providers={providers} returnUrl={returnUrl} />
      <p className="mt-6 text-center text-sm text-subtle">
        Already have an account?{" "}
        <Link
          href={`/login?${new URLSearchParams({ returnUrl })}`}
          className="font-medium text-foreground underline underline-offset-4"
        >
          Sign in
        </Link>
      </p>
    </AuthCard>
  );
}
