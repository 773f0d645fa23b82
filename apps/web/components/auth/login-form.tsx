"use client";

import Link from "next/link";
import { AuthCard } from "@/components/auth/auth-card";
import { useAuthForm } from "@/components/auth/use-auth-form";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { authClient } from "@/lib/auth-client";

interface LoginFormProps {
  returnUrl: string;
  sessionExpired: boolean;
}

export function LoginForm({ returnUrl, sessionExpired }: LoginFormProps) {
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
        {sessionExpired && !error && <Alert kind="info">Your session has expired. Please sign in again.</Alert>}
        {error && <Alert>{error}</Alert>}
        <Field label="E-mail" name="email" type="email" autoComplete="username" required />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required />
        <label className="flex min-h-6 items-center gap-2.5 text-sm">
          <input type="checkbox" name="remember" defaultChecked className="size-4.5 accent-accent" />
          Keep me signed in
        </label>
        <Button type="submit" disabled={isBusy} className="w-full">
          {isSending ? "Signing in…" : "Sign in"}
        </Button>
      </form>
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
