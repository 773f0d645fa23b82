import type { Metadata } from "next";
import { SignUpForm } from "@/components/auth/sign-up-form";
import { safeReturnUrl } from "@/lib/return-url";
import { socialProviders } from "@/lib/settings";

export const metadata: Metadata = { title: "Sign up" };

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function SignUp({ searchParams }: { searchParams: Query }) {
  const { returnUrl } = await searchParams;
  return (
    <SignUpForm
      returnUrl={safeReturnUrl(typeof returnUrl === "string" ? returnUrl : undefined)}
      providers={socialProviders()}
    />
  );
}
