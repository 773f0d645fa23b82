"use client";

import Link from "next/link";
import { AuthCard } from "@/components/auth/auth-card";
import { SocialButtons } from "@/components/auth/social-buttons";
import { useAuthForm } from "@/components/auth/use-auth-form";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { authClient } from "@/lib/auth-client";
import type { LoginNotice } from "@/lib/notices";

interface LoginFormProps {
  returnUrl: string;
  notice: LoginNotice | undefined;
  providers: string[];
}

const NOTICES: Record<LoginNotice, string> = {
  session_expired: "Your session has expired. Please sign in again.",
  password_reset: "Your new password is saved. Please sign in with it.",
  provider_failed: "That did not work. Please try again, or sign in with your password.",
};

export function LoginForm({ returnUrl, notice, providers }: LoginFormProps) {
  const { error, isBusy, isSending, onSubmit } = useAuthForm(returnUrl, (form) =>
    authClient.signIn.email({
      email: String(form.get("email")),
      password: String(form.get("password")),
      rememberMe: form.get("remember") === "on",
    }),
  );
  return (
    <AuthCard title="Welcome back" intro="Sign in to your list.">
      <form method="post" onSubmit={onSubmit} className="space-y-5">
        {notice && !error && <Alert kind="info">{NOTICES[notice]}</Alert>}
        {error && <Alert>{error}</Alert>}
        <Field label="E-mail" name="email" type="email" autoComplete="username" required />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required />
        <div className="flex flex-wrap items-center justify-between gap-3 text-sm">
          <label className="flex min-h-6 items-center gap-2.5">
            <input type="checkbox" name="remember" defaultChecked className="size-4.5 accent-accent" />
            Keep me signed in
          </label>
          <Link href="/forgot-password" className="underline underline-offset-4">
            Forgotten password?
          </Link>
        </div>
        <Button type="submit" disabled={isBusy} className="w-full">
          {isSending ? "Signing in…" : "Sign in"}
        </Button>
      </form>
      <SocialButtons providers={providers} returnUrl={returnUrl} />
      <p className="mt-6 text-center text-sm text-subtle">
        No account yet?{" "}
        <Link
          href={`/sign-up?${new URLSearchParams({ returnUrl })}`}
          className="font-medium text-foreground underline underline-offset-4"
        >
          Sign up
        </Link>
      </p>
    </AuthCard>
  );
}
