import type { Metadata } from "next";
import { LoginForm } from "@/components/auth/login-form";
import { safeReturnUrl } from "@/lib/return-url";

export const metadata: Metadata = { title: "Sign in" };

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function Login({ searchParams }: { searchParams: Query }) {
  const { returnUrl, error } = await searchParams;
  return (
    <LoginForm
      returnUrl={safeReturnUrl(typeof returnUrl === "string" ? returnUrl : undefined)}
      sessionExpired={error === "session_expired"}
    />
  );
}
