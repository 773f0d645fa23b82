import type { Metadata } from "next";
import { LoginForm } from "@/components/auth/login-form";
import { loginNotice } from "@/lib/notices";
import { safeReturnUrl } from "@/lib/return-url";
import { socialProviders } from "@/lib/settings";

export const metadata: Metadata = { title: "Sign in" };

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function Login({ searchParams }: { searchParams: Query }) {
  const { returnUrl, error, done } = await searchParams;
  return (
    <LoginForm
      returnUrl={safeReturnUrl(typeof returnUrl === "string" ? returnUrl : undefined)}
      notice={loginNotice(error, done)}
      providers={socialProviders()}
    />
  );
}
